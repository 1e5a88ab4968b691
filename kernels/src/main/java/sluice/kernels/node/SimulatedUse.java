package sluice.kernels.node;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.link.Orders.GrantedCard;
import sluice.kernels.link.Orders.KernelModel;
import sluice.metrics.gpu.Gpu;
import sluice.metrics.gpu.SimulatedGpus;

/// Part of the simulation: shows on simulated cards who would be on real ones. A kernel with such a card holds a CUDA
/// context there for as long as it lives; while a cell runs it also takes half of the memory it was granted and keeps
/// its part of the card busy. Whatever the cell really does, it does not compute on a card.
final class SimulatedUse implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedUse.class);

    static final long CONTEXT_BYTES = 512L << 20;
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    private final SimulatedGpus gpus;
    private final Supplier<List<KernelModel>> kernels;
    private final Thread thread = Thread.ofVirtual().name("simulated-use").unstarted(this::look);

    private Set<Place> taken = Set.of();
    private final Set<Place> refused = new HashSet<>();

    private record Place(String card, String session) {}

    private record Use(long pid, long bytes, int smUtil) {}

    SimulatedUse(SimulatedGpus gpus, Supplier<List<KernelModel>> kernels) {
        this.gpus = gpus;
        this.kernels = kernels;
    }

    void start() {
        thread.start();
    }

    private void look() {
        try {
            while (true) {
                settle();
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
            }
        } catch (InterruptedException closed) {
            // The node ends, and the simulation with it.
        }
    }

    /// Makes the cards show what the kernels do now.
    void settle() {
        var uses = uses();
        for (var place : taken) if (!uses.containsKey(place)) leave(place);
        uses.forEach(this::take);
        refused.retainAll(uses.keySet());
        taken = uses.keySet();
    }

    private Map<Place, Use> uses() {
        var uses = new HashMap<Place, Use>();
        for (var kernel : kernels.get()) {
            var grant = kernel.grant();
            if (grant == null || kernel.pid() == 0) continue;
            for (var granted : grant.cards()) uses.put(new Place(granted.uuid(), kernel.id()), use(kernel, granted));
        }
        return uses;
    }

    private Use use(KernelModel kernel, GrantedCard granted) {
        var bytes = granted.bytes() > 0 ? granted.bytes() : memoryOf(granted.uuid());
        var idle = Math.min(CONTEXT_BYTES, bytes);
        return kernel.executionState().equals("busy")
                ? new Use(kernel.pid(), Math.max(idle, bytes / 2), Math.clamp(granted.milli() * 9L / 100, 1, 100))
                : new Use(kernel.pid(), idle, 0);
    }

    private long memoryOf(String uuid) {
        return gpus.cards().stream()
                .filter(card -> card.uuid().equals(uuid))
                .mapToLong(Gpu::memoryBytes)
                .findFirst()
                .orElse(0);
    }

    private void take(Place place, Use use) {
        try {
            gpus.occupy(place.card, place.session, use.pid, use.bytes, use.smUtil);
            refused.remove(place);
        } catch (RuntimeException e) {
            // The card is lost, full or not ours: as with a real one, the kernel finds out when it uses it.
            if (refused.add(place)) LOG.warn("Kernel {} is on no simulated card: {}", place.session, e.getMessage());
        }
    }

    private void leave(Place place) {
        try {
            gpus.release(place.card, place.session);
        } catch (RuntimeException unknown) {
            LOG.debug("{}: {}", place, unknown.getMessage());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}

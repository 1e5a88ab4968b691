package sluice.metrics.gpu;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// NVIDIA's cards, through `libnvidia-ml.so.1`.
public final class NvmlGpus implements Gpus {
    private static final Logger LOG = LoggerFactory.getLogger(NvmlGpus.class);

    private final Nvml nvml;
    private final Clock clock;
    private final List<NvmlCard> cards;
    private final NvmlEvents events;

    private NvmlGpus(Nvml nvml, Clock clock, List<NvmlCard> cards, NvmlEvents events) {
        this.nvml = nvml;
        this.clock = clock;
        this.cards = cards;
        this.events = events;
    }

    static Gpus open() throws GpusUnavailable {
        return open(Nvml.LIBRARY, Patience.DEFAULT, Clock.systemUTC());
    }

    /// Opens a library, to be closed by the caller.
    ///
    /// @param library the soname, or the path of another library with the same functions
    /// @param patience how long the driver may take to wake up
    /// @throws GpusUnavailable there is no such library, it is too old, or it refuses
    public static Gpus open(String library, Duration patience, Clock clock) throws GpusUnavailable {
        return Patience.within(patience, "NVIDIA", () -> {
            var nvml = Nvml.open(library);
            var found = found(nvml);
            var cards = found.stream().map(gpu -> new NvmlCard(nvml, gpu)).toList();
            return new NvmlGpus(nvml, clock, cards, NvmlEvents.of(nvml, found));
        });
    }

    private static List<Gpu> found(Nvml nvml) {
        var identities = new ArrayList<NvmlIdentity>();
        for (int index = 0; index < nvml.count(); index++) {
            var found = nvml.byIndex(index);
            // In a container some of the host's cards may be out of reach; the others serve.
            if (found.device() == null) LOG.warn("Card {} is left out: {}", index, nvml.error(found.status()));
            else identities.add(new NvmlIdentity(nvml, index, found.device()));
        }
        return NvmlIdentity.linked(identities);
    }

    @Override
    public List<Gpu> cards() {
        return cards.stream().map(NvmlCard::gpu).toList();
    }

    @Override
    public GpusSample sample() {
        var at = clock.instant();
        var samples = cards.stream().map(card -> card.sample(at)).toList();
        return new GpusSample(at, samples, events.drain(at));
    }

    @Override
    public Optional<GpuMemory> memory(String uuid) {
        var device = nvml.byUuid(uuid).device();
        return device == null ? Optional.empty() : nvml.memory(device);
    }

    @Override
    public Optional<String> whyNone() {
        return cards.isEmpty() ? Optional.of("The NVIDIA driver works, but knows no card.") : Optional.empty();
    }

    /// A sample in the middle of a call comes back with what it has: the library itself keeps calls apart.
    @Override
    public void close() {
        nvml.shutdown();
    }
}

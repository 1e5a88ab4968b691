package sluice.kernels;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sluice.kernels.link.Orders.Grant;
import sluice.kernels.link.Orders.GrantedCard;
import sluice.metrics.gpu.Gpu;
import sluice.metrics.gpu.Gpus;
import sluice.metrics.gpu.Vendor;

/// The cards of this node, and what makes a process see those it was granted and no other.
public final class Cards {
    private final Gpus gpus;
    private final Path dev;
    private final Set<Vendor> vendors;

    public Cards(Gpus gpus) {
        this(gpus, Path.of("/dev"));
    }

    /// @param dev where the files are that all cards of a vendor share
    public Cards(Gpus gpus, Path dev) {
        this.gpus = gpus;
        this.dev = dev;
        this.vendors = gpus.cards().stream().map(Gpu::vendor).collect(Collectors.toSet());
    }

    /// What a process gets of the cards.
    /// @param devices the files of those it may use; it sees no others
    /// @param env names them in the words of their vendors' libraries, and goes before whatever else sets these
    public record Access(List<Path> devices, Map<String, String> env) {}

    /// A card that cannot be given, in words that follow "Cannot start kernel: ".
    public static final class Unusable extends Exception {
        Unusable(String message) {
            super(message);
        }
    }

    /// What a process without cards gets: no files, and variables that say so.
    public Access none() {
        return new Access(List.of(), VisibleCards.of(List.of(), vendors));
    }

    /// @param grant null for no card
    /// @throws Unusable a card of it is unknown here, gone, or lacks its files
    public Access of(@Nullable Grant grant) throws Unusable {
        if (grant == null) return none();
        var cards = new ArrayList<Gpu>();
        for (var granted : grant.cards()) cards.add(usable(granted.uuid()));
        var env = new LinkedHashMap<>(VisibleCards.of(cards, vendors));
        env.put("SLUICE_TEAM", grant.team());
        env.put("SLUICE_FLAVOUR", grant.flavour());
        if (!cards.isEmpty()) {
            env.put("SLUICE_GPUS", joined(grant, GrantedCard::uuid));
            env.put("SLUICE_GPU_MEMORY", joined(grant, granted -> Long.toString(bytes(granted))));
        }
        return new Access(devices(cards), env);
    }

    private static String joined(Grant grant, Function<GrantedCard, String> word) {
        return grant.cards().stream().map(word).collect(Collectors.joining(","));
    }

    /// How much of the card's memory is granted, where 0 stands for all of it.
    private long bytes(GrantedCard granted) {
        if (granted.bytes() > 0) return granted.bytes();
        return card(granted.uuid()).map(Gpu::memoryBytes).orElse(0L);
    }

    private Gpu usable(String uuid) throws Unusable {
        var card = card(uuid)
                .orElseThrow(() -> new Unusable(
                        "this node has no card %s any more; start the kernel again to get another".formatted(uuid)));
        // Whose memory was known once knows it now, or is lost.
        if (card.memoryBytes() > 0 && gpus.memory(uuid).isEmpty())
            throw new Unusable("the card %s does not answer any more; start the kernel again to get another"
                    .formatted(words(card)));
        var problem = problem(card);
        if (problem.isPresent()) throw new Unusable(problem.get());
        return card;
    }

    private Optional<Gpu> card(String uuid) {
        return gpus.cards().stream().filter(card -> card.uuid().equals(uuid)).findFirst();
    }

    /// What is wrong with this node's cards, one sentence for each that no process can use.
    public List<String> problems() {
        return gpus.cards().stream()
                .map(Cards::problem)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<String> problem(Gpu card) {
        if (card.simulated()) return Optional.empty();
        if (card.deviceFiles().isEmpty())
            return Optional.of("the driver names no device file for the card %s: load it fully (nvidia-modprobe -u,"
                            .formatted(words(card))
                    + " modprobe amdgpu, or the vendor's installer), and start the node again");
        return card.deviceFiles().stream()
                .filter(file -> Files.notExists(Path.of(file)))
                .findFirst()
                .map(file -> "the card %s has no file %s on this node: make it (nvidia-modprobe -u -c=N), or let the"
                                .formatted(words(card), file)
                        + " node's container have it, and start the node again");
    }

    private static String words(Gpu card) {
        return "%s (%s)".formatted(card.uuid(), card.model());
    }

    private List<Path> devices(List<Gpu> cards) {
        var own = cards.stream().flatMap(card -> card.deviceFiles().stream()).map(Path::of);
        var used = cards.stream().map(Gpu::vendor).collect(Collectors.toCollection(TreeSet::new));
        var shared = used.stream()
                .flatMap(vendor -> shared(vendor).stream())
                .map(dev::resolve)
                .filter(Files::exists);
        return Stream.concat(own, shared).distinct().toList();
    }

    /// The files in `/dev` through which all cards of a vendor are asked. On their own they compute nothing.
    private static List<String> shared(Vendor vendor) {
        return switch (vendor) {
            case NVIDIA -> List.of("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools");
            case AMD -> List.of("kfd");
            case ASCEND -> List.of("davinci_manager", "devmm_svm", "hisi_hdc");
            case SIMULATED -> List.of();
        };
    }
}

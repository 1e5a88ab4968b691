package sluice.metrics.gpu;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The cards of this machine, whoever made them.
///
/// [#sample()] belongs to one thread, the sampler's. Everything else may be called from any thread.
public interface Gpus extends AutoCloseable {
    /// What [#open] knows besides simulated cards.
    List<String> SPECS = List.of("auto", "none", "nvidia", "amd", "ascend");

    /// Opens what the configuration names.
    ///
    /// @param spec `auto` (the first driver that is there, else no cards), `none`, `nvidia`, `amd`, `ascend`, or
    ///     `simulated:4x80GiB`, see [SimulatedGpus#open(String)]
    /// @throws GpusUnavailable the driver that was asked for by name cannot be used; never for `auto` and `none`
    /// @throws IllegalArgumentException the spec is none of these
    static Gpus open(String spec) throws GpusUnavailable {
        check(spec);
        var word = spec.strip().toLowerCase(Locale.ROOT);
        if (word.startsWith("simulated")) return SimulatedGpus.open(spec.strip());
        return switch (word) {
            case "auto" -> FirstDriver.open();
            case "none" -> none("none are configured");
            case "nvidia" -> NvmlGpus.open();
            case "amd" -> AmdGpus.open();
            case "ascend" -> AscendGpus.open();
            default -> throw new IllegalStateException(word);
        };
    }

    /// No cards.
    ///
    /// @param why for whoever wonders
    static Gpus none(String why) {
        return new NoGpus(why);
    }

    /// Looks at the words only, for whoever reads a configuration before there are cards.
    ///
    /// @throws IllegalArgumentException no cards can be called so; the message says how to write it
    static void check(String spec) {
        var word = spec.strip().toLowerCase(Locale.ROOT);
        if (word.startsWith("simulated")) SimulatedSpec.parse(spec.strip());
        else if (!SPECS.contains(word))
            throw new IllegalArgumentException("Unknown GPUs \"" + spec
                    + "\": write auto, none, nvidia, amd, ascend or, for instance, simulated:4x80GiB");
    }

    /// Those that were there when the driver was opened, by index. A card that is lost later stays in the list.
    List<Gpu> cards();

    /// What each card is doing now, and what befell them since the last call.
    /// It takes a few milliseconds a card, and as long as the driver likes when that is in trouble.
    GpusSample sample();

    /// A card's memory at this very moment, for those who are about to fill or to empty it.
    /// Empty for an unknown card, and for one that does not answer.
    Optional<GpuMemory> memory(String uuid);

    /// Why there is no card, where there is none.
    default Optional<String> whyNone() {
        return Optional.empty();
    }

    /// Lets go of the driver. Nothing may be asked afterwards.
    @Override
    void close();
}

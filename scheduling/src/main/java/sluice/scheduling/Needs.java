package sluice.scheduling;

import org.jspecify.annotations.Nullable;

/// What one rank needs of the node it runs on. Equal needs are one question to placement, however many ask it.
/// @param model the card's model as the pool names it, such as `H100`; null means any
/// @param milliCpus thousandths of a processor core
/// @param memory host memory in bytes
/// @param disk bytes of scratch space
public record Needs(Gpus gpus, @Nullable String model, Mode mode, int milliCpus, long memory, long disk) {
    private static final int MOST_MILLI_CPUS = 10_000_000;

    public Needs {
        if (milliCpus < 0 || milliCpus > MOST_MILLI_CPUS)
            throw new IllegalArgumentException("A number of CPUs lies in 0 to 10000, not at " + milliCpus / 1000.0);
        Amounts.bytes("memory", memory);
        Amounts.bytes("disk", disk);
        if (model != null && model.isBlank())
            throw new IllegalArgumentException("A GPU model has a name; leave it out for any");
        boolean instance = gpus instanceof Gpus.Instance;
        if (instance != (mode == Mode.MIG) && !(gpus instanceof Gpus.None))
            throw new IllegalArgumentException(
                    "Mode mig goes with a MIG profile such as 1g.10gb, and a profile with mode mig");
        if (mode == Mode.EXCLUSIVE && (gpus instanceof Gpus.Fraction || gpus instanceof Gpus.Memory))
            throw new IllegalArgumentException(
                    "Mode exclusive means whole cards; ask for a part of one with mode swap, slice or mps");
    }

    public static Needs of(Gpus gpus, Mode mode) {
        return new Needs(gpus, null, mode, 0, 0, 0);
    }

    public Needs onModel(String name) {
        return new Needs(gpus, name, mode, milliCpus, memory, disk);
    }

    public Needs withHost(int milliCpus, long memory, long disk) {
        return new Needs(gpus, model, mode, milliCpus, memory, disk);
    }

    /// How many ranks so much suffices for.
    /// @param most that are asked about
    public long ranks(long most, long milliCpusLeft, long memoryLeft, long diskLeft) {
        long ranks = most;
        if (milliCpus > 0) ranks = Math.min(ranks, milliCpusLeft / milliCpus);
        if (memory > 0) ranks = Math.min(ranks, memoryLeft / memory);
        if (disk > 0) ranks = Math.min(ranks, diskLeft / disk);
        return ranks;
    }

    /// What all ranks together take where each card has so much memory.
    public Amounts amounts(int ranks, long cardBytes) {
        long cards = (long) ranks * gpus.cards();
        return new Amounts(
                cards * gpus.milliOf(cardBytes),
                cards * gpus.bytesOf(cardBytes),
                (long) ranks * milliCpus,
                ranks * memory,
                ranks * disk,
                1);
    }
}

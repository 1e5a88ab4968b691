package sluice.scheduling;

/// How much of everything that is limited.
/// @param milliGpus thousandths of a card
/// @param gpuBytes of cards' memory
/// @param milliCpus thousandths of a core
/// @param memory host memory in bytes
/// @param disk bytes of scratch space
/// @param sessions sessions and jobs
public record Amounts(long milliGpus, long gpuBytes, long milliCpus, long memory, long disk, long sessions) {
    /// 1 PiB, more than any machine has: what exceeds it is a slip of the keyboard, and 4096 times it still is
    /// a long.
    static final long MOST_BYTES = 1L << 50;

    public static final Amounts ZERO = new Amounts(0, 0, 0, 0, 0, 0);

    static void bytes(String what, long bytes) {
        if (bytes < 0 || bytes > MOST_BYTES)
            throw new IllegalArgumentException(
                    "%s is a number of bytes from 0 to 1 PiB, not %d".formatted(what, bytes));
    }

    public Amounts plus(Amounts other) {
        return new Amounts(
                milliGpus + other.milliGpus,
                gpuBytes + other.gpuBytes,
                milliCpus + other.milliCpus,
                memory + other.memory,
                disk + other.disk,
                sessions + other.sessions);
    }

    public Amounts minus(Amounts other) {
        return new Amounts(
                milliGpus - other.milliGpus,
                gpuBytes - other.gpuBytes,
                milliCpus - other.milliCpus,
                memory - other.memory,
                disk - other.disk,
                sessions - other.sessions);
    }
}

package sluice.scheduling;

/// The most that an account may hold at once, and the GPU-hours it may use in a calendar month (UTC).
/// @param most [#NONE] in a field means that nothing limits it
/// @param gpuHours infinite where nothing limits it
public record Limits(Amounts most, double gpuHours) {
    /// Nobody reaches it, and adding to it does not overflow.
    public static final long NONE = Long.MAX_VALUE / 4;

    public static final Limits UNLIMITED =
            new Limits(new Amounts(NONE, NONE, NONE, NONE, NONE, NONE), Double.POSITIVE_INFINITY);

    public Limits {
        if (!(gpuHours >= 0)) throw new IllegalArgumentException("GPU-hours are not negative: " + gpuHours);
        if (most.milliGpus() < 0
                || most.gpuBytes() < 0
                || most.milliCpus() < 0
                || most.memory() < 0
                || most.disk() < 0
                || most.sessions() < 0) throw new IllegalArgumentException("A limit is not negative: " + most);
    }

    public static Limits gpus(double gpus) {
        if (!(gpus >= 0 && gpus <= 1e9))
            throw new IllegalArgumentException("A limit on GPUs is a number from 0 on, not " + gpus);
        return new Limits(new Amounts(Math.round(gpus * 1000), NONE, NONE, NONE, NONE, NONE), Double.POSITIVE_INFINITY);
    }

    public Limits withGpuHours(double hours) {
        return new Limits(most, hours);
    }

    public Limits withSessions(long sessions) {
        return new Limits(
                new Amounts(most.milliGpus(), most.gpuBytes(), most.milliCpus(), most.memory(), most.disk(), sessions),
                gpuHours);
    }
}

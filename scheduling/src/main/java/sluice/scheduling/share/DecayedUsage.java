package sluice.scheduling.share;

import java.time.Duration;
import java.time.Instant;

/// GPU-seconds that count half as much for every half-life that has passed (Slurm, priority/multifactor,
/// `PriorityDecayHalfLife`).
/// @param gpuSeconds as they count at `at`
public record DecayedUsage(double gpuSeconds, Instant at, Duration halfLife) {
    /// Notebooks: yesterday counts, last week hardly.
    public static final Duration INTERACTIVE = Duration.ofHours(24);

    /// Batch work comes in longer waves.
    public static final Duration BATCH = Duration.ofDays(7);

    public DecayedUsage {
        if (!(gpuSeconds >= 0))
            throw new IllegalArgumentException("A use is a number of GPU-seconds from 0 on: " + gpuSeconds);
        if (halfLife.isNegative() || halfLife.isZero())
            throw new IllegalArgumentException("A half-life is longer than nothing: " + halfLife);
    }

    public static DecayedUsage none(Duration halfLife, Instant at) {
        return new DecayedUsage(0, at, halfLife);
    }

    /// The same use, seen later.
    public DecayedUsage at(Instant later) {
        if (!later.isAfter(at)) return this;
        double lives = seconds(Duration.between(at, later)) / seconds(halfLife);
        return new DecayedUsage(gpuSeconds * Math.pow(0.5, lives), later, halfLife);
    }

    /// Adds a use of so many cards from this moment until then. What was used early in that time has decayed a
    /// little by its end: the integral of gpus · 2^(−t/h) is gpus · h/ln 2 · (1 − 2^(−T/h)).
    public DecayedUsage using(double gpus, Instant until) {
        if (!(gpus >= 0)) throw new IllegalArgumentException("A number of GPUs is not negative: " + gpus);
        if (!until.isAfter(at)) return this;
        double lives = seconds(Duration.between(at, until)) / seconds(halfLife);
        var now = at(until);
        double more = gpus * horizon() * (1 - Math.pow(0.5, lives));
        return new DecayedUsage(now.gpuSeconds + more, until, halfLife);
    }

    /// Cards used on average lately: whoever uses one card all the time approaches 1.
    public double gpus(Instant now) {
        return at(now).gpuSeconds / horizon();
    }

    /// Seconds over which all of a steady use adds up.
    private double horizon() {
        return seconds(halfLife) / Math.log(2);
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}

package sluice.scheduling;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// On what terms something runs: how it may be interrupted, and how long it means to take.
/// @param suspendable its GPU state can be taken off the card and brought back, with nothing lost
/// @param preemptible it may be stopped and queued again, at the price of what it did since its last checkpoint
/// @param wall the most it runs, or null where nobody knows
/// @param minRuntime once started it is left alone for so long
public record Terms(
        boolean suspendable, boolean preemptible, @Nullable Duration wall, Priority priority, Duration minRuntime) {

    /// Within a team; between teams, shares decide. Spot takes what is left over and yields to everybody.
    public enum Priority {
        SPOT,
        NORMAL,
        HIGH
    }

    private static final Duration LONGEST = Duration.ofDays(3660);

    public Terms {
        if (wall != null && (wall.isNegative() || wall.isZero() || wall.compareTo(LONGEST) > 0))
            throw new IllegalArgumentException("A wall time lies between a second and ten years, not at " + wall);
        if (minRuntime.isNegative() || minRuntime.compareTo(LONGEST) > 0)
            throw new IllegalArgumentException(
                    "A minimal run time lies between nothing and ten years, not at " + minRuntime);
    }

    /// A notebook: it can be suspended, must not be killed, and ends when its owner likes.
    public static final Terms NOTEBOOK = new Terms(true, false, null, Priority.NORMAL, Duration.ofMinutes(1));

    /// A job that is queued again when it is stopped.
    public static Terms job(@Nullable Duration wall) {
        return new Terms(false, true, wall, Priority.NORMAL, Duration.ofMinutes(10));
    }

    public Terms with(Priority other) {
        return new Terms(suspendable, preemptible, wall, other, minRuntime);
    }

    public Terms withMinRuntime(Duration other) {
        return new Terms(suspendable, preemptible, wall, priority, other);
    }

    /// It can neither be suspended nor killed without its owner's consent.
    public Terms unsuspendable() {
        return new Terms(false, preemptible, wall, priority, minRuntime);
    }
}

package sluice.gateway.up;

import java.time.Duration;

/// How long to wait before a program that ended is started again: hardly at all the first time, longer each time it
/// ends soon, from the beginning once it has run well.
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofSeconds(30);
    private static final Duration WELL = Duration.ofSeconds(60);

    private Duration next = FIRST;

    /// @param lived how long the program ran this time
    Duration after(Duration lived) {
        if (lived.compareTo(WELL) >= 0) next = FIRST;
        var wait = next;
        var doubled = next.multipliedBy(2);
        next = doubled.compareTo(MOST) > 0 ? MOST : doubled;
        return wait;
    }
}

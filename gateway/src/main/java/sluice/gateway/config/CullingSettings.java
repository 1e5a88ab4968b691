package sluice.gateway.config;

import static sluice.gateway.config.BadValue.check;

import java.time.Duration;

/// Which kernels are stopped for doing nothing.
/// @param idle 0 for never
/// @param busy for those whose cell runs but prints nothing; 0 for never
/// @param warning how long before its end its users are told
public record CullingSettings(Duration idle, Duration busy, Duration every, boolean connected, Duration warning) {
    static final CullingSettings DEFAULT =
            new CullingSettings(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(30), false, Duration.ofMinutes(1));

    public CullingSettings {
        check(every.isPositive(), "every", "must be more than 0");
    }
}

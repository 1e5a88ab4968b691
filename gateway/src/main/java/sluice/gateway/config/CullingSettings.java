package sluice.gateway.config;

import static sluice.gateway.config.BadValue.check;

import java.time.Duration;

/// Which kernels are stopped for doing nothing.
/// @param idle 0 for never
public record CullingSettings(Duration idle, Duration every, boolean connected, boolean busy) {
    static final CullingSettings DEFAULT = new CullingSettings(Duration.ZERO, Duration.ofSeconds(60), false, false);

    public CullingSettings {
        check(every.isPositive(), "every", "must be more than 0");
    }
}

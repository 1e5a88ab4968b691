package sluice.kernels.apps;

import java.time.Duration;

/// How apps are started and given up.
/// @param most apps on this node at once
/// @param startWait how long a caller waits before hearing that it is still starting
/// @param launchTimeout how long an app may take to answer at all
/// @param stopWait how long it may take to end when it is asked to
/// @param idleTimeout without a request after which an app ends itself, zero for never
public record AppsConfig(
        int most, Duration startWait, Duration launchTimeout, Duration stopWait, Duration idleTimeout) {
    public static final AppsConfig DEFAULTS = new AppsConfig(
            200, Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofSeconds(3), Duration.ofHours(24));
}

package sluice.kernels;

import java.time.Duration;
import java.util.List;

/// How kernels are started, kept and given up.
/// @param most kernels on this node at once
/// @param mostPerOwner kernels of one person at once
/// @param startWait how long a caller waits before hearing that the kernel is still starting
/// @param launchTimeout how long a kernel may take to answer at all
/// @param stopWait how long a kernel may take to end when it is asked to
/// @param termWait how long it has after SIGTERM
/// @param deaths how often in a row it is started again when each life was shorter than `shortLife`
/// @param deadKept how long a dead kernel is still listed, with its reason
/// @param passEnv variables of the node that kernels get, besides language and time zone; `NAME*` takes a family
public record KernelsConfig(
        int most,
        int mostPerOwner,
        Duration startWait,
        Duration launchTimeout,
        Duration stopWait,
        Duration termWait,
        int deaths,
        Duration shortLife,
        Duration deadKept,
        List<String> passEnv,
        Culling culling) {

    public static final KernelsConfig DEFAULTS = new KernelsConfig(
            500,
            50,
            Duration.ofSeconds(20),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            5,
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            List.of("OPENBLAS_*", "OMP_*", "MKL_*", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "PIP_*"),
            Culling.DEFAULTS);

    /// When unused kernels are ended; zero is never.
    /// @param idleTimeout without activity; a kernelspec's `cull_idle_timeout` goes before
    /// @param busyTimeout without activity while a cell runs
    /// @param connected whether a kernel that somebody has open may be culled
    /// @param warning how long before its end its users are told
    public record Culling(
            Duration idleTimeout, Duration busyTimeout, Duration interval, boolean connected, Duration warning) {
        public static final Culling DEFAULTS =
                new Culling(Duration.ZERO, Duration.ZERO, Duration.ofSeconds(30), false, Duration.ofMinutes(1));

        public Culling {
            if (interval.isNegative() || interval.isZero())
                throw new IllegalArgumentException("the culling interval must be positive");
        }
    }

    public KernelsConfig {
        if (most < 1 || mostPerOwner < 1) throw new IllegalArgumentException("at least one kernel must be allowed");
    }
}

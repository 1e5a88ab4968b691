package sluice.gateway.config;

import static sluice.gateway.config.BadValue.check;

import java.time.Duration;
import java.util.List;
import sluice.metrics.gpu.Gpus;

/// The program that runs kernels.
/// @param gpus which cards: `auto`, `none`, a vendor, or `simulated:4x80GiB`
/// @param jupyterPath more folders that hold a `kernels/` folder, before the usual ones
/// @param passEnvironment names of the node's own variables that kernels see, besides language and time
/// zone; `OMP_*` means all that begin so
public record NodeSettings(
        Size heap,
        String gpus,
        Sandbox sandbox,
        int firstUid,
        List<String> jupyterPath,
        List<String> passEnvironment,
        Duration answerWithin,
        Duration startWithin,
        Duration stopWithin,
        int restarts,
        int kernels,
        int kernelsPerUser) {
    static final NodeSettings DEFAULT = new NodeSettings(
            Size.mebibytes(768),
            "auto",
            Sandbox.AUTO,
            200_000,
            List.of(),
            List.of("OPENBLAS_*", "OMP_*", "MKL_*", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "PIP_*"),
            Duration.ofSeconds(20),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            5,
            500,
            50);

    public NodeSettings {
        jupyterPath = List.copyOf(jupyterPath);
        passEnvironment = List.copyOf(passEnvironment);
        try {
            Gpus.check(gpus);
        } catch (IllegalArgumentException e) {
            throw new BadValue("gpus", String.valueOf(e.getMessage()));
        }
        check(heap.mebibytes() >= 64, "heap", "must be at least 64 MiB");
        check(firstUid >= 1000, "first-uid", "must be at least 1000: lower ones belong to this machine's own services");
        for (var name : passEnvironment) BadValue.checkVariable(name, "pass-environment");
        check(answerWithin.isPositive(), "answer-within", "must be more than 0");
        check(startWithin.isPositive(), "start-within", "must be more than 0");
        check(stopWithin.isPositive(), "stop-within", "must be more than 0");
        check(restarts >= 0, "restarts", "must not be negative");
        check(kernels >= 1, "kernels", "must be at least 1, not " + kernels);
        check(kernelsPerUser >= 1, "kernels-per-user", "must be at least 1, not " + kernelsPerUser);
    }

    public NodeSettings withGpus(String other) {
        return new NodeSettings(
                heap,
                other,
                sandbox,
                firstUid,
                jupyterPath,
                passEnvironment,
                answerWithin,
                startWithin,
                stopWithin,
                restarts,
                kernels,
                kernelsPerUser);
    }

    /// How processes are kept apart.
    public enum Sandbox {
        /// Bubblewrap where it works; else plain processes, and a warning.
        AUTO,
        /// Bubblewrap, or the node refuses to start.
        BUBBLEWRAP,
        /// Plain processes.
        PLAIN
    }
}

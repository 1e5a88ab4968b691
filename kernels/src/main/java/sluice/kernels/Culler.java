package sluice.kernels;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders.KernelModel;
import sluice.kernels.specs.KernelSpecs;

/// Ends kernels that nobody has used for long, after a warning. It measures by its own clock and only compares the
/// kernels' times with what they were, so that a machine whose clock jumps loses nothing.
final class Culler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Culler.class);

    private final KernelsConfig config;
    private final KernelSpecs specs;
    private final Supplier<Collection<RunningKernel>> kernels;
    private final Map<String, Still> stills = new HashMap<>();
    private @Nullable Thread thread;

    Culler(KernelsConfig config, KernelSpecs specs, Supplier<Collection<RunningKernel>> kernels) {
        this.config = config;
        this.specs = specs;
        this.kernels = kernels;
    }

    /// Since when nothing has changed about a kernel.
    private record Still(String activity, String state, long since, boolean warned) {}

    void start() {
        thread = Thread.ofVirtual().name("culler").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(config.culling().interval());
                look(System.nanoTime());
            }
        } catch (InterruptedException closed) {
            LOG.debug("Culling has ended");
        }
    }

    /// One round.
    /// @param now nanoseconds of a clock that never jumps
    void look(long now) {
        var all = kernels.get();
        stills.keySet().retainAll(all.stream().map(RunningKernel::id).toList());
        for (var kernel : all) {
            try {
                look(kernel, now);
            } catch (RuntimeException e) {
                LOG.error("Kernel {} cannot be judged: {}", kernel.id(), e.getMessage(), e);
            }
        }
    }

    private void look(RunningKernel kernel, long now) {
        var model = kernel.model();
        var still = stills.get(model.id());
        if (still == null
                || !still.activity().equals(model.lastActivity())
                || !still.state().equals(model.executionState())) {
            still = new Still(model.lastActivity(), model.executionState(), now, false);
        }
        stills.put(model.id(), judge(kernel, model, still, Duration.ofNanos(now - still.since())));
    }

    private Still judge(RunningKernel kernel, KernelModel model, Still still, Duration unused) {
        var timeout = timeout(model);
        var warning = config.culling().warning();
        if (timeout.isZero()) return still;
        if (unused.compareTo(timeout) >= 0) {
            LOG.info("Kernel {} of {} was not used for {}", model.id(), model.owner(), Times.words(unused));
            kernel.stop("It was not used for " + Times.words(unused));
            return still;
        }
        if (still.warned() || model.connections() == 0 || unused.plus(warning).compareTo(timeout) < 0) return still;
        kernel.line()
                .note("This kernel has not been used for %s. It will be ended in %s unless something runs in it.\n"
                        .formatted(Times.words(unused), Times.words(timeout.minus(unused))));
        return new Still(still.activity(), still.state(), still.since(), true);
    }

    /// How long this kernel may be unused in its present state; zero is for ever.
    private Duration timeout(KernelModel model) {
        var culling = config.culling();
        return switch (model.executionState()) {
            case "dead" -> config.deadKept();
            case "idle" -> model.connections() > 0 && !culling.connected() ? Duration.ZERO : idleTimeout(model.name());
            case "busy" -> model.connections() > 0 && !culling.connected() ? Duration.ZERO : culling.busyTimeout();
            default -> Duration.ZERO;
        };
    }

    /// A kernelspec may have its own, in seconds.
    private Duration idleTimeout(String spec) {
        try {
            return specs.spec(spec).metadata().get("cull_idle_timeout") instanceof Number seconds
                    ? Duration.ofMillis(Math.round(seconds.doubleValue() * 1000))
                    : config.culling().idleTimeout();
        } catch (NodeProblem uninstalled) {
            return config.culling().idleTimeout();
        }
    }

    @Override
    public void close() {
        var running = thread;
        if (running != null) running.interrupt();
    }
}

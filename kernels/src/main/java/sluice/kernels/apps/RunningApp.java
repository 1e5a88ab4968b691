package sluice.kernels.apps;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders.AppModel;
import sluice.kernels.link.Orders.StartApp;
import sluice.kernels.sandbox.SandboxedProcess;

/// One app from its start to its end. Unlike a kernel it has no state worth a second process: who comes again after its
/// end gets a new one.
final class RunningApp {
    private static final Logger LOG = LoggerFactory.getLogger(RunningApp.class);
    private static final int TAIL = 4096;
    private static final int LOOK_MILLIS = 20;

    private final StartApp order;
    private final String token;
    private final SandboxedProcess process;
    private final Path socket;
    private final UserPrincipal owner;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile @Nullable String stopReason;

    RunningApp(StartApp order, String token, SandboxedProcess process, Path socket, UserPrincipal owner) {
        this.order = order;
        this.token = token;
        this.process = process;
        this.socket = socket;
        this.owner = owner;
    }

    StartApp order() {
        return order;
    }

    AppEntry entry() {
        return new AppEntry(order, token, process.trace());
    }

    AppModel model() {
        var running = ready.isDone() && !ready.isCompletedExceptionally();
        return new AppModel(
                order.id(), order.owner(), order.kind(), running ? "running" : "starting", stopReason, token);
    }

    /// Completes when it answers, or fails with a [NodeProblem].
    CompletableFuture<Void> ready() {
        return ready;
    }

    /// Looks until it answers, has ended, or the time is up.
    void awaitReady(AppsConfig config) throws InterruptedException {
        var deadline = System.nanoTime() + config.launchTimeout().toNanos();
        while (!AppSocket.answers(socket, owner, order.basePath() + "api")) {
            if (process.exit().isDone()) {
                process.kill();
                fail("it " + process.exit().join().words());
                return;
            }
            if (System.nanoTime() > deadline) {
                fail("it did not answer within %d seconds"
                        .formatted(config.launchTimeout().toSeconds()));
                process.kill();
                return;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        LOG.info("App {} runs", order.id());
        ready.complete(null);
    }

    private void fail(String words) {
        var tail = process.output(TAIL);
        var problem = new NodeProblem(
                "launch-failed",
                "Cannot start %s: %s%s".formatted(order.kind(), words, tail.isEmpty() ? "" : "\n" + tail));
        LOG.warn("App {}: {}", order.id(), problem.reason());
        ready.completeExceptionally(problem);
    }

    /// Completes with a reason when its process has ended.
    CompletableFuture<String> ended() {
        return process.exit().thenApply(exit -> {
            var asked = stopReason;
            if (asked != null) return asked;
            return exit.status() == 0 ? "It was not used for long" : "It " + exit.words();
        });
    }

    SocketChannel dial() throws IOException {
        if (!ready.isDone()) throw new NodeProblem("unknown-app", "App %s is still starting".formatted(order.id()));
        return AppSocket.connect(socket, owner);
    }

    /// Ends it; nothing of it is left.
    void stop(String why, AppsConfig config) throws InterruptedException {
        stopReason = why;
        process.terminate();
        if (process.awaitExit(config.stopWait()).isEmpty()) LOG.debug("App {} does not end by itself", order.id());
        process.kill();
    }

    /// Removes what its process leaves.
    void clear() throws InterruptedException {
        try {
            process.kill();
            process.sweep();
        } catch (IOException | RuntimeException e) {
            LOG.warn("App {} left something behind: {}", order.id(), e.getMessage());
        }
    }
}

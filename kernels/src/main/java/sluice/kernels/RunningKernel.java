package sluice.kernels;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.line.KernelLine;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders.KernelModel;
import sluice.kernels.link.Orders.StartKernel;
import sluice.kernels.sandbox.Exit;
import sluice.kernels.sandbox.SandboxedProcess;
import sluice.kernels.wire.ConnectionInfo;

/// One kernel from its first start to its end, over as many processes as it takes. Everything that happens to it comes
/// through its inbox and is handled on its own thread, one thing after the other.
final class RunningKernel {
    private static final Logger LOG = LoggerFactory.getLogger(RunningKernel.class);
    private static final int TAIL = 4096;
    private static final int PORT_TRIES = 3;
    private static final Duration EXIT_FOLLOWS_SOCKETS = Duration.ofSeconds(2);

    /// Where a kernel is in its life.
    private enum Phase {
        STARTING,
        RUNNING,
        RESTARTING,
        DEAD,
        GONE
    }

    private final Surroundings around;
    private final StartKernel order;
    private final String startedAt;
    private final KernelLine line;
    private final BlockingQueue<KernelEvent> inbox = new LinkedBlockingQueue<>();
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();

    private volatile Phase phase = Phase.STARTING;
    private volatile @Nullable String reason;
    private volatile @Nullable SandboxedProcess process;
    private volatile boolean interruptsByMessage;
    private volatile boolean announced;
    private @Nullable ConnectionInfo connection;
    private volatile boolean everAnswered;
    private volatile boolean adopted;
    private int life;
    private long lifeBegan = System.nanoTime();
    private int deaths;
    private int portTries;

    RunningKernel(Surroundings around, StartKernel order, String startedAt) {
        this.around = around;
        this.order = order;
        this.startedAt = startedAt;
        this.line = around.line(order.id(), () -> inbox.add(new KernelEvent.Lost()));
    }

    String id() {
        return order.id();
    }

    String owner() {
        return order.owner();
    }

    KernelLine line() {
        return line;
    }

    boolean dead() {
        return phase == Phase.DEAD || phase == Phase.GONE;
    }

    /// Starts its first process.
    /// @return completes when it answers, or fails with a [NodeProblem]
    CompletableFuture<Void> start() {
        var answered = new CompletableFuture<Void>();
        waiting.add(answered);
        Thread.ofVirtual().name("kernel " + id()).start(() -> live(this::launch));
        return answered;
    }

    /// Takes over what an earlier node started.
    void adopt(KernelEntry entry, SandboxedProcess running, ConnectionInfo connection) {
        announced = true;
        everAnswered = true;
        adopted = true;
        interruptsByMessage = entry.interruptsByMessage();
        Thread.ofVirtual().name("kernel " + id()).start(() -> live(() -> watch(running, connection)));
    }

    /// Goes on with a restart during which the earlier node ended.
    void startAgain() {
        announced = true;
        everAnswered = true;
        Thread.ofVirtual().name("kernel " + id()).start(() -> live(this::launch));
    }

    /// From now on others know of this kernel, and are told when it is gone.
    void announce() {
        announced = true;
    }

    CompletableFuture<Void> restart() {
        var done = new CompletableFuture<Void>();
        inbox.add(new KernelEvent.Restart(done));
        return done;
    }

    CompletableFuture<Void> stop(String reason) {
        var done = new CompletableFuture<Void>();
        inbox.add(new KernelEvent.Stop(reason, done));
        return done;
    }

    /// Forgets the kernel without doing anything to it, for the next node to find.
    CompletableFuture<Void> leave() {
        var done = new CompletableFuture<Void>();
        inbox.add(new KernelEvent.Leave(done));
        return done;
    }

    void interrupt() throws InterruptedException {
        var running = process;
        if (phase != Phase.RUNNING || running == null) return;
        if (!interruptsByMessage) {
            running.interrupt();
            return;
        }
        try {
            line.requestInterrupt().get(around.config().stopWait().toMillis(), MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new NodeProblem("busy", "The kernel does not answer the interrupt; restart it");
        }
    }

    KernelModel model() {
        var state = line.state();
        var shown = process;
        return new KernelModel(
                id(),
                order.name(),
                owner(),
                Times.jupyter(state.lastActivity()),
                switch (phase) {
                    case STARTING -> adopted ? "busy" : everAnswered ? "restarting" : "starting";
                    case RUNNING -> state.executionState();
                    case RESTARTING -> "restarting";
                    case DEAD, GONE -> "dead";
                },
                state.connections(),
                reason,
                dead() || shown == null ? 0 : shown.main().map(pid -> pid.pid()).orElse(0L),
                around.ground().sandboxes().sandbox().kind(),
                startedAt,
                order.grant(),
                state.busy().toMillis());
    }

    private interface Beginning {
        void begin() throws InterruptedException;
    }

    private void live(Beginning beginning) {
        try {
            beginning.begin();
            while (phase != Phase.GONE) handle(inbox.take());
        } catch (InterruptedException e) {
            LOG.warn("Kernel {} is not looked after any more", id());
        } catch (RuntimeException e) {
            LOG.error("Kernel {}: {}", id(), e.getMessage(), e);
            bury("The node failed: " + e.getMessage());
        } finally {
            phase = Phase.GONE;
            around.forget(this);
            for (var event : inbox) event.release();
        }
    }

    private void handle(KernelEvent event) throws InterruptedException {
        switch (event) {
            case KernelEvent.Answered(var of) when of == life && phase == Phase.STARTING -> answered();
            case KernelEvent.Unanswered(var of, var why) when of == life && phase == Phase.STARTING -> unanswered(why);
            case KernelEvent.Exited(var of, var exit) when of == life && !dead() -> died(exit.words());
            case KernelEvent.Lost() when phase == Phase.RUNNING -> lost();
            case KernelEvent.Restart(var done) -> restart(done);
            case KernelEvent.Stop(var why, var done) -> stop(why, done);
            case KernelEvent.Leave(var done) -> {
                phase = Phase.GONE;
                line.close();
                done.complete(null);
            }
            case KernelEvent.Answered _, KernelEvent.Unanswered _, KernelEvent.Exited _, KernelEvent.Lost _ ->
                LOG.debug("Kernel {} is {}, late news: {}", id(), phase, event);
        }
    }

    private void launch() throws InterruptedException {
        life++;
        lifeBegan = System.nanoTime();
        phase = Phase.STARTING;
        line.starting();
        try {
            var launched = around.launch().start(order);
            interruptsByMessage = launched.spec().interruptsByMessage();
            watch(launched.process(), launched.connection());
            enter(everAnswered);
        } catch (NodeProblem e) {
            bury(e);
        } catch (IOException e) {
            bury("Cannot start kernel \"%s\": the node cannot write its journal (%s)"
                    .formatted(order.name(), e.getMessage()));
        }
    }

    private void watch(SandboxedProcess running, ConnectionInfo connection) {
        this.process = running;
        this.connection = connection;
        var watched = life;
        running.exit().thenAccept(exit -> inbox.add(new KernelEvent.Exited(watched, exit)));
        connect();
    }

    private void connect() {
        var info = connection;
        if (info == null) return;
        var watched = life;
        var deadline = around.config().launchTimeout();
        (adopted ? line.adopt(info, deadline) : line.connect(info, deadline))
                .whenComplete((_, failure) -> inbox.add(
                        failure == null
                                ? new KernelEvent.Answered(watched)
                                : new KernelEvent.Unanswered(watched, String.valueOf(failure.getMessage()))));
    }

    private void answered() {
        phase = Phase.RUNNING;
        everAnswered = true;
        reason = null;
        try {
            enter(true);
        } catch (IOException e) {
            // It runs and is heard; only the next node will not know it.
            LOG.error("Kernel {} is not in the journal: {}", id(), e.getMessage());
        }
        if (adopted) line.note("The node was restarted. What the kernel printed meanwhile is lost.\n");
        adopted = false;
        for (var done : waiting) done.complete(null);
        waiting.clear();
        LOG.info("Kernel {} ({}, {}) runs", id(), order.name(), owner());
    }

    private void unanswered(String why) throws InterruptedException {
        if (adopted) {
            // It was well when we left it: perhaps it is stopped. Its process tells when it is over.
            LOG.info("Kernel {} does not answer yet: {}", id(), why);
            connect();
            return;
        }
        LOG.info("Kernel {}: {}", id(), why);
        died("did not answer within " + Times.words(around.config().launchTimeout()));
    }

    /// The kernel's sockets have closed, so its process ends too, or should.
    private void lost() throws InterruptedException {
        var running = process;
        if (running == null) return;
        var exit = running.awaitExit(EXIT_FOLLOWS_SOCKETS);
        died(exit.map(Exit::words).orElse("closed its sockets while its process went on"));
    }

    private void died(String words) throws InterruptedException {
        var running = process;
        if (running == null) return;
        var said = "The kernel " + words;
        if (everAnswered) {
            phase = Phase.RESTARTING;
            reason = said;
            line.restarting(said);
        }
        running.kill();
        var tail = running.output(TAIL);
        LOG.info("Kernel {} {}", id(), words);
        LOG.debug("Kernel {} had printed:\n{}", id(), tail);
        if (!everAnswered && portTaken(tail)) {
            launch();
            return;
        }
        if (!everAnswered) {
            bury("Cannot start kernel \"%s\": it %s%s"
                    .formatted(order.name(), words, tail.isEmpty() ? " and printed nothing" : "\n" + tail));
            return;
        }
        deaths = System.nanoTime() - lifeBegan < around.config().shortLife().toNanos() ? deaths + 1 : 1;
        if (deaths > around.config().deaths()) {
            bury("%s, %d times in a row%s".formatted(said, deaths, tail.isEmpty() ? "" : "\n" + tail));
            return;
        }
        suspend();
        launch();
    }

    /// Somebody took a port between our choosing it and the kernel's binding it.
    private boolean portTaken(String tail) {
        var info = connection;
        return info != null
                && info.transport().equals("tcp")
                && tail.contains("Address already in use")
                && ++portTries < PORT_TRIES;
    }

    private void restart(CompletableFuture<Void> done) throws InterruptedException {
        if (dead()) {
            done.completeExceptionally(new NodeProblem(
                    "unknown-kernel", "Kernel %s is dead, start a new one: %s".formatted(id(), reason)));
            return;
        }
        waiting.add(done);
        if (phase == Phase.STARTING && !adopted) return;
        var hears = phase == Phase.RUNNING;
        phase = Phase.RESTARTING;
        reason = null;
        shutDown(true, hears);
        adopted = false;
        deaths = 0;
        suspend();
        launch();
    }

    private void stop(String why, CompletableFuture<Void> done) throws InterruptedException {
        var wasDead = dead();
        if (!wasDead) shutDown(false, phase == Phase.RUNNING);
        phase = Phase.GONE;
        reason = why;
        line.deleted();
        clear();
        around.forget(this);
        if (!wasDead && announced) around.gone(id(), why, line.state().busy());
        LOG.info("Kernel {} is gone: {}", id(), why);
        fail(new NodeProblem("unknown-kernel", why));
        done.complete(null);
    }

    /// Ends the process: by asking where it hears us, else by force. Nothing of it is left.
    private void shutDown(boolean restart, boolean hears) throws InterruptedException {
        var running = process;
        if (running == null) return;
        var ended = hears
                && !line.requestShutdown(restart).isCompletedExceptionally()
                && running.awaitExit(around.config().stopWait()).isPresent();
        if (!ended && !running.exit().isDone()) {
            running.terminate();
            running.awaitExit(around.config().termWait());
        }
        running.kill();
    }

    private void bury(String why) {
        bury(new NodeProblem("launch-failed", why));
    }

    /// Nothing more will be tried. It stays listed for a while, so that people see why.
    private void bury(NodeProblem problem) {
        phase = Phase.DEAD;
        reason = problem.reason();
        line.died(problem.reason());
        try {
            var running = process;
            if (running != null) running.kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        clear();
        fail(problem);
        if (announced) around.gone(id(), problem.reason(), line.state().busy());
        LOG.warn("Kernel {} is dead: {}", id(), problem.reason());
    }

    private void fail(NodeProblem problem) {
        for (var done : waiting) done.completeExceptionally(problem);
        waiting.clear();
    }

    private void enter(boolean ready) throws IOException {
        var running = process;
        around.journal()
                .enter(
                        id(),
                        new KernelEntry(
                                order,
                                startedAt,
                                ready,
                                interruptsByMessage,
                                running == null ? null : running.trace(),
                                connection));
    }

    /// Between two lives: a node that finds this in the journal starts the next one.
    private void suspend() {
        process = null;
        connection = null;
        try {
            enter(true);
        } catch (IOException e) {
            LOG.error("Kernel {} is not in the journal: {}", id(), e.getMessage());
        }
    }

    private void clear() {
        try {
            around.journal().strike(id());
            around.ground().room(id()).erase();
            var running = process;
            if (running != null) running.sweep();
        } catch (IOException | RuntimeException e) {
            LOG.warn("Kernel {} left something behind: {}", id(), e.getMessage());
        } finally {
            around.ground().owners().leave(owner(), id());
        }
    }
}

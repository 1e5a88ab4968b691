package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A process in its sandbox, started by this node or by the one before.
public final class SandboxedProcess {
    private static final Duration GONE_WITHIN = Duration.ofSeconds(10);
    private static final Duration DRAINED_WITHIN = Duration.ofMillis(500);

    private static final Duration LOOK_EVERY = Duration.ofMillis(2);
    private static final Duration REAPED_WITHIN = Duration.ofMillis(50);

    private final Trace trace;
    private final Room room;
    private final Path log;
    private final Insides insides;
    private final CompletableFuture<Exit> exit;
    private volatile @Nullable Pid main;

    /// How a kind of sandbox looks from the host.
    interface Insides {
        /// The kernel or app itself, once it is there.
        Optional<Pid> main();

        /// Sends SIGKILL to everything in it. Whether there was anything.
        boolean killAll();

        /// The leader ended with that status, or nobody saw it.
        Exit explain(@Nullable Integer status);
    }

    SandboxedProcess(Trace trace, Room room, Path log, Insides insides, CompletableFuture<@Nullable Integer> ended) {
        this.trace = trace;
        this.room = room;
        this.log = log;
        this.insides = insides;
        this.main = trace.main();
        this.exit = ended.thenApplyAsync(insides::explain, Thread::startVirtualThread);
    }

    /// What to write down, to find it again.
    public Trace trace() {
        return new Trace(trace.sandbox(), trace.id(), trace.leader(), main().orElse(null));
    }

    /// The process itself as the host numbers it.
    public Optional<Pid> main() {
        var known = main;
        if (known != null) return Optional.of(known);
        var found = insides.main();
        found.ifPresent(pid -> main = pid);
        return found;
    }

    /// Completes when it has ended.
    public CompletableFuture<Exit> exit() {
        return exit.copy();
    }

    /// Waits for its end. Faster than [#exit] for a process that is not our child, of which Java hears late.
    public Optional<Exit> awaitExit(Duration atMost) throws InterruptedException {
        var deadline = System.nanoTime() + atMost.toNanos();
        do {
            if (exit.isDone()) return Optional.of(exit.join());
            if (!trace.leader().alive()) return Optional.of(reaped());
            Thread.sleep(LOOK_EVERY);
        } while (System.nanoTime() < deadline);
        return Optional.empty();
    }

    /// The status of a process that has ended just now, from its parent if that is us.
    private Exit reaped() throws InterruptedException {
        try {
            return exit.get(REAPED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException anothersChild) {
            return insides.explain(null);
        } catch (ExecutionException e) {
            throw new IllegalStateException("Nobody knows how %s ended".formatted(trace), e);
        }
    }

    /// What Ctrl-C does: SIGINT to it and the programs it runs, its process group. Whether it was there.
    public boolean interrupt() {
        return main().filter(Pid::alive)
                .flatMap(pid -> Proc.stat(pid.pid()))
                .filter(stat -> Posix.signalGroup(stat.group(), Posix.SIGINT))
                .isPresent();
    }

    /// Asks it to end.
    public void terminate() {
        main().ifPresent(pid -> pid.signal(Posix.SIGTERM));
    }

    /// Ends it with everything it started, and returns when all of that is gone.
    public void kill() throws InterruptedException {
        var deadline = System.nanoTime() + GONE_WITHIN.toNanos();
        while (insides.killAll()) {
            if (System.nanoTime() > deadline)
                throw new IllegalStateException("%s does not die of SIGKILL".formatted(trace));
            Thread.sleep(LOOK_EVERY);
        }
        awaitLog();
    }

    /// The logger ends when nobody can print any more; until then it writes into our folders.
    private void awaitLog() throws InterruptedException {
        var drained = room.host().resolve(Launcher.PIPE + ".drained");
        var deadline = System.nanoTime() + DRAINED_WITHIN.toNanos();
        while (Files.exists(room.host()) && Files.notExists(drained) && System.nanoTime() < deadline)
            Thread.sleep(LOOK_EVERY);
    }

    /// The end of what it printed, at most that many bytes; all of it is there once it has been [killed][#kill].
    public String output(int bytes) {
        return LogTail.read(log, bytes);
    }

    /// Removes what the process leaves on the host. It must have ended.
    public void sweep() throws IOException {
        room.erase();
        for (var file : List.of(log, LogTail.older(log))) Files.deleteIfExists(file);
    }
}

package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A process in its sandbox, started by this node or by the one before.
public final class SandboxedProcess {
    private static final Duration GONE_WITHIN = Duration.ofSeconds(10);
    private static final Duration DRAINED_WITHIN = Duration.ofMillis(500);

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
            Thread.sleep(2);
        }
    }

    /// The end of what it printed, at most that many bytes. Once it has ended, all that it printed is there.
    public String output(int bytes) throws InterruptedException {
        var drained = room.host().resolve(Launcher.PIPE + ".drained");
        var deadline = System.nanoTime() + DRAINED_WITHIN.toNanos();
        while (exit.isDone() && Files.notExists(drained) && System.nanoTime() < deadline) Thread.sleep(2);
        return LogTail.read(log, bytes);
    }

    /// Removes what the process leaves on the host. It must have ended.
    public void sweep() throws IOException {
        room.erase();
        for (var file : List.of(log, LogTail.older(log))) Files.deleteIfExists(file);
    }
}

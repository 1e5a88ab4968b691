package sluice.gateway.up;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import sluice.gateway.up.Program.Running;

/// Keeps a program running: one that ends is started again, sooner or later, and said so.
final class Kept {
    private final Program program;
    private final Voice voice;
    private final Runnable changed;
    private final CompletableFuture<String> broken = new CompletableFuture<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable Running running;
    private volatile boolean served;
    private volatile boolean stopping;
    private volatile @Nullable Thread keeper;

    /// @param changed called whenever a new life begins
    Kept(Program program, Voice voice, Runnable changed) {
        this.program = program;
        this.voice = voice;
        this.changed = changed;
    }

    String name() {
        return program.name();
    }

    /// Starts it, and from then on keeps it.
    void start() {
        keeper = Thread.ofPlatform().name("keeps-" + name()).start(this::keep);
    }

    /// From now on an end is an accident to recover from; before, it is a start that failed.
    void hasServed() {
        served = true;
    }

    /// Completes with the reason when the program ends before it ever served.
    CompletableFuture<String> broken() {
        return broken;
    }

    /// Of the life that runs now; 0 when none does.
    long pid() {
        var now = running;
        return now == null ? 0 : now.pid();
    }

    void stop() throws InterruptedException {
        stopping = true;
        var now = running;
        if (now != null) {
            now.stop();
        } else if (keeper != null) {
            keeper.interrupt();
        }
        if (keeper != null) over.await();
    }

    void kill() {
        stopping = true;
        var now = running;
        if (now != null) now.kill();
    }

    private void keep() {
        var backoff = new Backoff();
        try {
            while (!stopping) {
                var began = System.nanoTime();
                var end = live();
                if (stopping) return;
                if (!served) {
                    broken.complete(end);
                    return;
                }
                var wait = backoff.after(Duration.ofNanos(System.nanoTime() - began));
                voice.say("%s, started again in %s".formatted(end, Voice.seconds(wait)));
                Thread.sleep(wait);
            }
        } catch (InterruptedException stopped) {
            // Asked to stop while nothing ran.
        } finally {
            over.countDown();
        }
    }

    /// One life, from start to end.
    /// @return how it ended, as a clause
    private String live() throws InterruptedException {
        try {
            var now = program.start();
            running = now;
            // Asked to stop, or killed, while it was being started.
            if (stopping) now.stop();
            changed.run();
            var status = now.gone().get();
            var words = served ? null : now.lastWords();
            return "the %s stopped (exit %d)".formatted(name(), status) + (words == null ? "" : ":\n" + words);
        } catch (ExecutionException e) {
            return "the %s stopped (%s)".formatted(name(), e.getCause());
        } catch (StartFailed e) {
            return "the %s does not start: %s".formatted(name(), e.reason());
        } finally {
            running = null;
        }
    }
}

package sluice.metrics;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does one thing again and again on a thread of its own. A beat that is missed is left out, not made up for.
final class Beat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Beat.class);
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Duration every;
    private final Runnable work;
    private final Thread thread;
    private boolean failed;

    Beat(String name, Duration every, Runnable work) {
        this.every = every;
        this.work = work;
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        var next = System.nanoTime();
        while (!Thread.currentThread().isInterrupted()) {
            work();
            next = Math.max(next + every.toNanos(), System.nanoTime());
            try {
                TimeUnit.NANOSECONDS.sleep(next - System.nanoTime());
            } catch (InterruptedException closed) {
                return;
            }
        }
    }

    /// Whatever goes wrong, the next beat may go well; a fault that stays is said once, not once a second.
    private void work() {
        try {
            work.run();
            failed = false;
        } catch (RuntimeException | LinkageError e) {
            if (!failed) LOG.error("{} failed and goes on trying", thread.getName(), e);
            failed = true;
        }
    }

    /// A thread that hangs in a driver cannot be ended; it is left behind and does not keep the program alive.
    @Override
    public void close() {
        if (thread.getState() == Thread.State.NEW) return;
        thread.interrupt();
        try {
            thread.join(GRACE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package sluice.gateway.queue;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Rung from any thread when there is something to decide; however often it rings, it is heard once.
public final class Bell {
    private final Semaphore rings = new Semaphore(0);

    public void ring() {
        rings.release();
    }

    /// Waits for a ring, but no longer than so.
    void await(Duration most) throws InterruptedException {
        if (rings.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS)) rings.drainPermits();
    }
}

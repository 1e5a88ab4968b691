package sluice.kernels.program;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Gives back to the machine what a storm has blown the heap up to. The serial collector, which we use because it is
/// small, keeps whatever it once had until it collects everything, and an idle program has no reason to.
public final class HeapReturn {
    private static final Duration LOOK_EVERY = Duration.ofMinutes(2);
    private static final long WORTH_IT = 256L << 20;

    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    private long seen = -1;
    private long returned = -1;

    HeapReturn() {}

    /// Looks after this program's heap until it ends.
    public static void start() {
        Thread.ofPlatform().daemon().name("heap-return").start(() -> {
            var heap = new HeapReturn();
            while (true) {
                LockSupport.parkNanos(LOOK_EVERY.toNanos());
                heap.look();
            }
        });
    }

    /// A heap that no collection has touched since the last look is idle. Once collected, it is left alone until
    /// there was work again.
    void look() {
        long now = collections();
        var idle = now == seen;
        seen = now;
        if (!idle || now == returned || memory.getHeapMemoryUsage().getCommitted() < WORTH_IT) return;
        System.gc();
        seen = collections();
        returned = seen;
    }

    private long collections() {
        return collectors.stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }
}

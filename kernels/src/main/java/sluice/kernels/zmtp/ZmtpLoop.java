package sluice.kernels.zmtp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One thread that serves many sockets. Everything a socket tells its listener is told on this thread.
public final class ZmtpLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ZmtpLoop.class);

    private final Selector selector;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private final Set<ZmtpSocket> sockets = ConcurrentHashMap.newKeySet();
    private final byte[] readBuffer = new byte[256 << 10];
    private long timerCount;
    private volatile boolean closed;

    /// Starts the thread.
    public ZmtpLoop(String name) {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot open a selector: " + e.getMessage(), e);
        }
        thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
        thread.start();
    }

    /// Begins to connect and goes on trying until the peer has bound its socket or the time is up.
    /// @param identity what a ROUTER shall know a DEALER by
    public ZmtpSocket connect(
            ZmtpSocket.Kind kind,
            byte[] identity,
            SocketAddress to,
            Duration within,
            ZmtpLimits limits,
            ZmtpSocket.Listener listener) {
        var socket = new ZmtpSocket(this, kind, identity, to, within, limits, listener);
        sockets.add(socket);
        if (closed) socket.close();
        else execute(socket::connect);
        return socket;
    }

    /// Runs the task on the loop's thread, soon.
    public void execute(Runnable task) {
        tasks.add(task);
        if (Thread.currentThread() != thread && awake.compareAndSet(false, true)) selector.wakeup();
    }

    /// Runs the task on the loop's thread when the delay is over, unless the loop is closed before.
    public void after(Duration delay, Runnable task) {
        long due = System.nanoTime() + delay.toNanos();
        execute(() -> timers.add(new Timer(due, timerCount++, task)));
    }

    /// Closes every socket without telling its listener.
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        if (Thread.currentThread() == thread) return;
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Selector selector() {
        return selector;
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    void forget(ZmtpSocket socket) {
        sockets.remove(socket);
    }

    private void run() {
        try {
            while (!closed) {
                long wait = runDue();
                awake.set(false);
                if (!tasks.isEmpty() || wait == 0) selector.selectNow(this::serve);
                else selector.select(this::serve, wait);
                runTasks();
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("The selector broke, its kernels are cut off: {}", e.getMessage(), e);
        } finally {
            for (var socket : List.copyOf(sockets)) socket.closeNow();
            try {
                selector.close();
            } catch (IOException e) {
                LOG.debug("closing the selector: {}", e.getMessage());
            }
        }
    }

    private void serve(SelectionKey key) {
        if (key.attachment() instanceof ZmtpSocket socket) socket.serve(readBuffer);
    }

    private void runTasks() {
        for (var task = tasks.poll(); task != null; task = tasks.poll()) runSafely(task);
    }

    /// @return milliseconds to the next timer, at least 1; a long time when there is none
    private long runDue() {
        var due = new ArrayList<Runnable>();
        long now = System.nanoTime();
        for (var next = timers.peek(); next != null && next.due - now <= 0; next = timers.peek()) {
            due.add(next.task);
            timers.remove();
        }
        due.forEach(ZmtpLoop::runSafely);
        var next = timers.peek();
        if (next == null) return 60_000;
        return Math.max(1, Math.min(60_000, (next.due - System.nanoTime() + 999_999) / 1_000_000));
    }

    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("A task on the loop failed: {}", e.getMessage(), e);
        }
    }

    private record Timer(long due, long order, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byDue = Long.signum(due - other.due);
            return byDue != 0 ? byDue : Long.compare(order, other.order);
        }
    }
}

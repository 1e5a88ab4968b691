package sluice.kernels.zmtp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What waits to be written to one socket. Whoever sends writes at once if nothing waits before it, which saves a
/// hop to the loop's thread; what the socket does not take is left for the loop.
final class Outbox {
    /// Up to here a message is copied together and written by one call.
    private static final int TOGETHER = 64 << 10;

    /// The JDK copies a heap buffer outside the heap before it writes it, all of it each time.
    private static final int PIECE = 256 << 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>();

    /// Messages sent before the handshake was over.
    private final ArrayDeque<ByteBuffer> early = new ArrayDeque<>();
    private final long limit;
    private long queued;
    private @Nullable SocketChannel open;
    private boolean closed;

    Outbox(long limit) {
        this.limit = limit;
    }

    enum Sent {
        ALL,
        /// Some of it waits: the loop must write when the socket has room.
        WAITS,
        REFUSED
    }

    Sent send(Frames parts) throws IOException {
        var buffers = encode(parts);
        lock.lock();
        try {
            long size = parts.bytes();
            if (closed || queued > 0 && queued + size > limit) return Sent.REFUSED;
            var channel = open;
            boolean first = waiting.isEmpty();
            for (var buffer : buffers) add(channel == null ? early : waiting, buffer);
            if (channel == null) return Sent.ALL;
            return first && drain(channel) ? Sent.ALL : Sent.WAITS;
        } finally {
            lock.unlock();
        }
    }

    /// The handshake is over: writes `first`, then what had to wait for it.
    /// @return false if some still waits
    boolean open(SocketChannel channel, byte[] first) throws IOException {
        lock.lock();
        try {
            open = channel;
            add(waiting, ByteBuffer.wrap(first));
            waiting.addAll(early);
            early.clear();
            return drain(channel);
        } finally {
            lock.unlock();
        }
    }

    /// The connection came to nothing and another will be tried.
    void again() {
        lock.lock();
        try {
            for (var buffer : waiting) queued -= buffer.remaining();
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }

    /// Bytes outside of any message: a command.
    boolean raw(SocketChannel channel, byte[] bytes) throws IOException {
        lock.lock();
        try {
            add(waiting, ByteBuffer.wrap(bytes));
            return drain(channel);
        } finally {
            lock.unlock();
        }
    }

    boolean flush(SocketChannel channel) throws IOException {
        lock.lock();
        try {
            return drain(channel);
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            waiting.clear();
            early.clear();
            queued = 0;
        } finally {
            lock.unlock();
        }
    }

    private void add(ArrayDeque<ByteBuffer> to, ByteBuffer buffer) {
        to.add(buffer);
        queued += buffer.remaining();
    }

    private boolean drain(SocketChannel channel) throws IOException {
        for (var buffer = waiting.peek(); buffer != null; buffer = waiting.peek()) {
            while (buffer.hasRemaining()) {
                int end = buffer.limit();
                int piece = Math.min(buffer.remaining(), PIECE);
                buffer.limit(buffer.position() + piece);
                int written;
                try {
                    written = channel.write(buffer);
                } finally {
                    buffer.limit(end);
                }
                queued -= written;
                if (written < piece) return false;
            }
            waiting.remove();
        }
        return true;
    }

    private static ByteBuffer[] encode(Frames parts) {
        int count = parts.count();
        long total = parts.bytes() + 9L * count;
        if (total <= TOGETHER) {
            var together = ByteBuffer.allocate((int) total);
            for (int i = 0; i < count; i++) {
                head(together, parts.length(i), i < count - 1);
                together.put(parts.array(i), parts.offset(i), parts.length(i));
            }
            return new ByteBuffer[] {together.flip()};
        }
        var buffers = new ByteBuffer[2 * count];
        for (int i = 0; i < count; i++) {
            var head = ByteBuffer.allocate(9);
            head(head, parts.length(i), i < count - 1);
            buffers[2 * i] = head.flip();
            buffers[2 * i + 1] = ByteBuffer.wrap(parts.array(i), parts.offset(i), parts.length(i));
        }
        return buffers;
    }

    private static void head(ByteBuffer to, int length, boolean more) {
        byte flags = more ? Commands.MORE : 0;
        if (length > 255) to.put((byte) (flags | Commands.LONG)).putLong(length);
        else to.put(flags).put((byte) length);
    }
}

package sluice.bench.link;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import sluice.kernels.link.NodeDesk;
import sluice.kernels.link.Orders;
import tools.jackson.databind.JsonNode;

/// The node behind every carrier: its channels do what the first byte of a message says.
final class BenchDesk implements NodeDesk {
    /// Send it back at once, on the thread it came on.
    static final byte ECHO = 1;
    /// Send it back from another thread, as the answer of a kernel comes.
    static final byte ECHO_ELSEWHERE = 2;
    /// Send messages of the size that follows, for as long as the stream takes any.
    static final byte FLOOD = 3;
    /// No more of that, and then one message of [#STOPPED] bytes.
    static final byte STOP = 4;

    static final int STOPPED = 1;

    private final BlockingQueue<Runnable> kernel = new LinkedBlockingQueue<>();

    BenchDesk() {
        Thread.ofPlatform().name("kernel").daemon().start(this::answer);
    }

    static byte[] flood(int size) {
        return ByteBuffer.allocate(5).put(FLOOD).putInt(size).array();
    }

    private void answer() {
        try {
            while (true) kernel.take().run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Channel openKernel(Orders.OpenKernel order, Channel.Bell bell) {
        return new BenchChannel(bell);
    }

    @Override
    public @Nullable Object call(String op, JsonNode arguments) {
        throw new UnsupportedOperationException(op);
    }

    @Override
    public SocketChannel dial(Orders.OpenDial order) {
        throw new UnsupportedOperationException(order.app());
    }

    private final class BenchChannel implements Channel {
        private final Bell bell;
        private final ConcurrentLinkedQueue<byte[]> answers = new ConcurrentLinkedQueue<>();
        private volatile byte @Nullable [] flood;
        private long seq;

        BenchChannel(Bell bell) {
            this.bell = bell;
        }

        @Override
        public @Nullable Message poll() {
            var next = answers.poll();
            if (next == null) next = flood;
            return next == null ? null : new Message(++seq, next);
        }

        @Override
        public void received(byte[] message) {
            switch (message[0]) {
                case ECHO -> say(message);
                case ECHO_ELSEWHERE -> kernel.add(() -> say(message));
                case FLOOD -> {
                    flood = new byte[ByteBuffer.wrap(message).getInt(1)];
                    bell.ring();
                }
                case STOP -> {
                    flood = null;
                    say(new byte[STOPPED]);
                }
                default -> throw new IllegalArgumentException("no order " + message[0]);
            }
        }

        private void say(byte[] message) {
            answers.add(message);
            bell.ring();
        }

        @Override
        public void delivered(long seq, long confirmed) {}

        @Override
        public Orders.@Nullable Closed ended() {
            return null;
        }

        @Override
        public void close() {}
    }
}

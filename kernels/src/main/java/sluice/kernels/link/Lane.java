package sluice.kernels.link;

import static sluice.kernels.link.LinkJson.MAPPER;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// One connection to the gateway. Its thread reads; whoever has something to say writes it at once when nobody else is
/// writing and the socket takes it (no thread is woken for a single message), and the thread goes on with the rest.
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    /// What a passing thread may write before the lane's own thread takes over.
    private static final int PASSING = 256 << 10;

    private final int number;
    private final SocketChannel channel;
    private final LinkConfig config;
    private final NodeDesk desk;
    private final IntConsumer wantLanes;
    private final Selector selector;
    private final Thread thread = Thread.currentThread();
    private final ByteBuffer in = ByteBuffer.allocateDirect(FrameType.MAX + 4);
    private final ByteBuffer out = ByteBuffer.allocateDirect(256 << 10).flip();
    private final Queue<ByteBuffer> control = new ConcurrentLinkedQueue<>();
    private final Queue<LaneStream> turns = new ConcurrentLinkedQueue<>();
    private final AtomicInteger work = new AtomicInteger();
    private final ConcurrentMap<Integer, LaneStream> streams = new ConcurrentHashMap<>();
    private volatile @Nullable SelectionKey key;
    private volatile boolean closed;
    private long window;

    Lane(int number, SocketChannel channel, LinkConfig config, NodeDesk desk, IntConsumer wantLanes)
            throws IOException {
        this.number = number;
        this.channel = channel;
        this.config = config;
        this.desk = desk;
        this.wantLanes = wantLanes;
        this.selector = Selector.open();
    }

    int number() {
        return number;
    }

    /// Reads until the connection ends.
    void run() throws IOException {
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_READ);
        sendJson(FrameType.HELLO, 0, new Orders.Hello(config.node(), config.version(), number, config.incarnation()));
        try {
            while (!closed) {
                selector.select(this::ready);
            }
        } catch (java.io.UncheckedIOException e) {
            if (!(e.getCause() instanceof EOFException)) throw e.getCause();
        }
    }

    void close() {
        closed = true;
        selector.wakeup();
    }

    /// Lets go of every stream once the connection is over.
    void end() {
        closed = true;
        var open = new ArrayList<>(streams.values());
        streams.clear();
        for (var stream : open) stream.closed();
        try {
            selector.close();
        } catch (IOException e) {
            LOG.debug("selector of lane {}: {}", number, e.toString());
        }
    }

    private void ready(SelectionKey ready) {
        try {
            if (ready.isWritable()) {
                ready.interestOps(SelectionKey.OP_READ);
                pump();
            }
            if (ready.isReadable()) read();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    // ---- reading

    private void read() throws IOException {
        int got = channel.read(in);
        if (got < 0) throw new EOFException();
        in.flip();
        while (in.remaining() >= 4) {
            int length = in.getInt(in.position());
            if (length < FrameType.HEAD - 4 || length > FrameType.MAX)
                throw new IOException("a frame of " + length + " bytes on lane " + number);
            if (in.remaining() < 4 + length) break;
            int end = in.position() + 4 + length;
            int limit = in.limit();
            in.getInt();
            var type = FrameType.of(in.get());
            int stream = in.getInt();
            in.limit(end);
            frame(type, stream, in);
            in.limit(limit).position(end);
        }
        in.compact();
    }

    private void frame(FrameType type, int id, ByteBuffer payload) {
        switch (type) {
            case WELCOME -> welcomed(MAPPER.readValue(bytes(payload), Orders.Welcome.class));
            case CALL -> called(id, payload);
            case OPEN -> open(id, MAPPER.readTree(bytes(payload)));
            case DATA -> {
                var stream = streams.get(id);
                if (stream != null) stream.data(payload);
            }
            case CREDIT -> {
                var stream = streams.get(id);
                if (stream != null) stream.credit(payload.getLong(), payload);
            }
            case CLOSE -> {
                var stream = streams.remove(id);
                if (stream != null) stream.closed();
            }
            case HELLO, ANSWER, FAILED, OPENED, EVENT ->
                LOG.warn("the gateway sent {} on lane {}, which only nodes send", type, number);
        }
    }

    private void welcomed(Orders.Welcome welcome) {
        window = welcome.window();
        if (number == 0) {
            LOG.info("connected to the gateway in {} lanes", welcome.lanes());
            wantLanes.accept(welcome.lanes());
        }
    }

    private void called(int id, ByteBuffer payload) {
        var name = new byte[payload.get() & 0xff];
        payload.get(name);
        var op = new String(name, java.nio.charset.StandardCharsets.UTF_8);
        var json = bytes(payload);
        Thread.ofVirtual().name("call-" + op + "-" + id).start(() -> {
            try {
                var arguments = MAPPER.readTree(json);
                var result = desk.call(op, arguments);
                sendJson(FrameType.ANSWER, id, result == null ? MAPPER.createObjectNode() : result);
            } catch (NodeProblem e) {
                sendJson(FrameType.FAILED, id, new Orders.Problem(e.code(), e.reason()));
            } catch (Throwable e) {
                LOG.warn("{} failed", op, e);
                sendJson(FrameType.FAILED, id, new Orders.Problem("internal", "%s failed: %s".formatted(op, e)));
            }
        });
    }

    private void open(int id, JsonNode order) {
        try {
            switch (order.path("kind").asString("")) {
                case "kernel" -> {
                    var stream = new KernelStream(id, this, window);
                    streams.put(id, stream);
                    stream.opened(
                            desk.openKernel(MAPPER.treeToValue(order, Orders.OpenKernel.class), () -> turn(stream)));
                    sendJson(FrameType.OPENED, id, MAPPER.createObjectNode());
                    turn(stream);
                }
                case "dial" -> {
                    var stream = new DialStream(id, this, window);
                    streams.put(id, stream);
                    var dial = MAPPER.treeToValue(order, Orders.OpenDial.class);
                    Thread.ofVirtual().name("dial-" + id).start(() -> dial(stream, dial));
                }
                default -> throw new NodeProblem("bad-request", "no such kind of stream: " + order.path("kind"));
            }
        } catch (NodeProblem e) {
            refuse(id, new Orders.Closed(e.code(), e.reason()));
        } catch (RuntimeException e) {
            LOG.warn("a stream could not be opened: {}", order, e);
            refuse(id, new Orders.Closed("internal", e.toString()));
        }
    }

    private void dial(DialStream stream, Orders.OpenDial order) {
        try {
            var socket = desk.dial(order);
            sendJson(FrameType.OPENED, stream.id, MAPPER.createObjectNode());
            stream.opened(socket);
        } catch (NodeProblem e) {
            refuse(stream.id, new Orders.Closed(e.code(), e.reason()));
        } catch (IOException e) {
            refuse(stream.id, new Orders.Closed("unreachable", String.valueOf(e.getMessage())));
        }
    }

    private void refuse(int id, Orders.Closed why) {
        streams.remove(id);
        sendJson(FrameType.CLOSE, id, why);
    }

    private static byte[] bytes(ByteBuffer payload) {
        var bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return bytes;
    }

    // ---- writing

    /// Gives a stream its turn to write, now if nobody is writing.
    void turn(LaneStream stream) {
        if (stream.waiting.compareAndSet(false, true)) {
            turns.add(stream);
            pump();
        }
    }

    void sendJson(FrameType type, int stream, Object payload) {
        var json = MAPPER.writeValueAsBytes(payload);
        // One frame holds it: the largest answer is a page of kernels or a logo.
        var frame = ByteBuffer.allocate(FrameType.HEAD + json.length);
        LaneStream.head(frame, type, stream, json.length);
        send(frame.put(json).flip());
    }

    void sendData(int stream, ByteBuffer bytes) {
        var frame = ByteBuffer.allocate(FrameType.HEAD + 1 + 8 + bytes.remaining());
        LaneStream.head(frame, FrameType.DATA, stream, 1 + 8 + bytes.remaining());
        send(frame.put(FrameType.LAST).putLong(0).put(bytes).flip());
    }

    void sendCredit(int stream, long bytes) {
        var frame = ByteBuffer.allocate(FrameType.HEAD + 8);
        LaneStream.head(frame, FrameType.CREDIT, stream, 8);
        send(frame.putLong(bytes).flip());
    }

    void sendClose(LaneStream stream, Orders.Closed why) {
        if (streams.remove(stream.id, stream)) sendJson(FrameType.CLOSE, stream.id, why);
        stream.closed();
    }

    private void send(ByteBuffer frame) {
        control.add(frame);
        pump();
    }

    /// One writer at a time; those who come meanwhile leave their work to the one who is there.
    private void pump() {
        if (work.getAndIncrement() != 0) return;
        int done = 1;
        do {
            try {
                drain(Thread.currentThread() == thread ? Integer.MAX_VALUE : PASSING);
            } catch (IOException e) {
                LOG.debug("lane {} cannot write: {}", number, e.toString());
                close();
            } catch (RuntimeException e) {
                LOG.warn("lane {} failed while writing", number, e);
                close();
            }
            done = work.addAndGet(-done);
        } while (done != 0);
    }

    private void drain(int budget) throws IOException {
        var registered = key;
        if (closed || registered == null || !registered.isValid()) return;
        while (true) {
            if (!out.hasRemaining()) {
                out.clear();
                fill();
                out.flip();
                if (!out.hasRemaining()) return;
            }
            int written = channel.write(out);
            budget -= written;
            if (out.hasRemaining() || budget <= 0) {
                registered.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                selector.wakeup();
                return;
            }
        }
    }

    private void fill() {
        for (var frame = control.peek(); frame != null; frame = control.peek()) {
            if (!take(frame)) return;
            control.remove();
        }
        int sentinel = turns.size();
        while (sentinel-- > 0) {
            var stream = turns.poll();
            if (stream == null) return;
            stream.waiting.set(false);
            switch (stream.fill(out)) {
                case DONE -> {}
                case MORE -> requeue(stream);
                case FULL -> {
                    requeue(stream);
                    return;
                }
                case ENDED -> {
                    streams.remove(stream.id, stream);
                    stream.closed();
                }
            }
        }
    }

    /// Copies what fits of a frame; true when all of it is in.
    private boolean take(ByteBuffer frame) {
        int fits = Math.min(out.remaining(), frame.remaining());
        out.put(out.position(), frame, frame.position(), fits);
        out.position(out.position() + fits);
        frame.position(frame.position() + fits);
        return !frame.hasRemaining();
    }

    private void requeue(LaneStream stream) {
        if (stream.waiting.compareAndSet(false, true)) turns.add(stream);
    }
}

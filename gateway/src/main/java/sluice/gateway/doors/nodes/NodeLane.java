package sluice.gateway.doors.nodes;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.link.FrameType;
import sluice.kernels.link.LinkJson;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders;

/// One connection from a node, owned by one event loop: every method but [#call] runs there.
public final class NodeLane {
    private static final Logger LOG = LoggerFactory.getLogger(NodeLane.class);

    /// What a lane tells of itself.
    interface Owner {
        /// The node's first word.
        /// @return what it is answered, or null to refuse it
        Orders.@Nullable Welcome hello(NodeLane lane, Orders.Hello hello);

        void event(Orders.Event event);
    }

    private final ChannelHandlerContext socket;
    private final Owner owner;
    private final Map<Integer, NodeStream> streams = new HashMap<>();
    private final Map<Integer, CompletableFuture<byte[]>> calls = new HashMap<>();
    private Orders.@Nullable Hello node;
    private long window;
    private int lastId;
    private boolean flushing;
    private boolean gone;

    NodeLane(ChannelHandlerContext socket, Owner owner) {
        this.socket = socket;
        this.owner = owner;
    }

    /// Bytes that may be on their way to this side of a stream.
    public long window() {
        return window;
    }

    // ---- calls

    /// Asks the node; from any thread.
    CompletableFuture<byte[]> call(String op, byte[] arguments) {
        var answer = new CompletableFuture<byte[]>();
        socket.executor().execute(() -> {
            if (gone) {
                answer.completeExceptionally(new NodeLost());
                return;
            }
            int id = ++lastId;
            calls.put(id, answer);
            var name = op.getBytes(StandardCharsets.UTF_8);
            var frame = frame(FrameType.CALL, id, 1 + name.length + arguments.length);
            write(frame.writeByte(name.length).writeBytes(name).writeBytes(arguments));
        });
        return answer;
    }

    /// The node went away before it answered.
    static final class NodeLost extends RuntimeException {
        NodeLost() {
            super("the node went away");
        }
    }

    // ---- streams

    /// Asks the node for a stream. Its listener hears what becomes of it.
    /// @return the stream's number on this lane
    public int open(Object order, NodeStream stream) {
        int id = ++lastId;
        if (gone) {
            socket.executor().execute(stream::lost);
            return id;
        }
        streams.put(id, stream);
        writeJson(FrameType.OPEN, id, order);
        return id;
    }

    /// Sends one whole message or piece; fragments it where it is long.
    public void send(int stream, byte[] message) {
        int sent = 0;
        do {
            int piece = Math.min(FrameType.FRAGMENT, message.length - sent);
            var frame = frame(FrameType.DATA, stream, 1 + piece);
            frame.writeByte(sent + piece == message.length ? FrameType.LAST : 0).writeBytes(message, sent, piece);
            write(frame);
            sent += piece;
        } while (sent < message.length);
    }

    /// Sends a piece of a byte stream.
    public void send(int stream, Buffer piece) {
        send(stream, piece.getBytes());
    }

    /// Lets the node send so many bytes more.
    public void credit(int stream, long bytes) {
        write(frame(FrameType.CREDIT, stream, 8).writeLong(bytes));
    }

    /// The same for a kernel's stream, whose client's socket took every message up to `taken`, and whose client
    /// confirmed to have those up to `confirmed`.
    public void credit(int stream, long bytes, long taken, long confirmed) {
        write(frame(FrameType.CREDIT, stream, 24)
                .writeLong(bytes)
                .writeLong(taken)
                .writeLong(confirmed));
    }

    public void close(int stream, String code, String reason) {
        if (streams.remove(stream) != null) writeJson(FrameType.CLOSE, stream, new Orders.Closed(code, reason));
    }

    // ---- frames

    /// One frame of the node, length taken off. Released here unless a stream keeps it.
    void frame(ByteBuf frame) {
        boolean kept = false;
        try {
            var type = FrameType.of(frame.readByte());
            int id = frame.readInt();
            switch (type) {
                case HELLO -> hello(json(frame, Orders.Hello.class));
                case ANSWER -> {
                    var answer = calls.remove(id);
                    if (answer != null) answer.complete(ByteBufUtil.getBytes(frame));
                }
                case FAILED -> {
                    var answer = calls.remove(id);
                    var problem = json(frame, Orders.Problem.class);
                    if (answer != null)
                        answer.completeExceptionally(new NodeProblem(problem.code(), problem.message()));
                }
                case OPENED -> {
                    var stream = streams.get(id);
                    if (stream != null) stream.opened();
                }
                case DATA -> {
                    var stream = streams.get(id);
                    if (stream != null) {
                        boolean last = (frame.readByte() & FrameType.LAST) != 0;
                        kept = true;
                        stream.data(last, frame.readLong(), frame);
                    }
                }
                case CREDIT -> {
                    var stream = streams.get(id);
                    if (stream != null) stream.credit(frame.readLong());
                }
                case CLOSE -> {
                    var stream = streams.remove(id);
                    if (stream != null) stream.closed(json(frame, Orders.Closed.class));
                }
                case EVENT -> owner.event(json(frame, Orders.Event.class));
                case WELCOME, CALL, OPEN -> LOG.warn("a node sent {}, which only gateways send", type);
            }
        } finally {
            if (!kept) frame.release();
        }
    }

    private void hello(Orders.Hello hello) {
        var welcome = owner.hello(this, hello);
        if (welcome == null) {
            socket.close();
            return;
        }
        node = hello;
        window = welcome.window();
        writeJson(FrameType.WELCOME, 0, welcome);
    }

    /// The connection ended.
    void lost() {
        gone = true;
        var waiting = new ArrayList<>(calls.values());
        calls.clear();
        for (var call : waiting) call.completeExceptionally(new NodeLost());
        var open = new ArrayList<>(streams.values());
        streams.clear();
        for (var stream : open) stream.lost();
    }

    Orders.@Nullable Hello node() {
        return node;
    }

    private ByteBuf frame(FrameType type, int stream, int payload) {
        return socket.alloc()
                .ioBuffer(FrameType.HEAD + payload)
                .writeInt(FrameType.HEAD - 4 + payload)
                .writeByte(type.code)
                .writeInt(stream);
    }

    private void writeJson(FrameType type, int stream, Object payload) {
        var json = LinkJson.MAPPER.writeValueAsBytes(payload);
        write(frame(type, stream, json.length).writeBytes(json));
    }

    /// Writes now, flushes once the event loop has done what it is doing: many small frames, one system call.
    private void write(ByteBuf frame) {
        socket.write(frame, socket.voidPromise());
        if (flushing) return;
        flushing = true;
        socket.executor().execute(() -> {
            flushing = false;
            socket.flush();
        });
    }

    private static <T> T json(ByteBuf frame, Class<T> as) {
        return LinkJson.MAPPER.readValue(ByteBufUtil.getBytes(frame), as);
    }
}

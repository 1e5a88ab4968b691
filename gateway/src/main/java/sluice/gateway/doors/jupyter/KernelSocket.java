package sluice.gateway.doors.jupyter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.doors.nodes.NodeLane;
import sluice.gateway.doors.nodes.NodeStream;
import sluice.kernels.link.Orders;
import sluice.kernels.wire.BadMessage;

/// One client's websocket to one kernel. It carries bytes between the socket and a stream of the node's lane and
/// decides nothing about them; who gets which message is the node's business. Lives on one event loop.
final class KernelSocket implements NodeStream, Guest {
    private static final Logger LOG = LoggerFactory.getLogger(KernelSocket.class);

    /// Bytes that an idle socket's buffer has room for.
    private static final int LIKELY = 64 << 10;

    /// Bytes after which a client is asked at once what it has: the node keeps them until it answers.
    private static final int ASK_EVERY = 1 << 20;

    private static final long ASK_AT_MOST = 50_000_000;

    /// A client that has not answered for this long, or for some times what it took before, may not be there any more.
    private static final long DOUBT_AFTER = 300_000_000;

    private static final int DOUBT_AFTER_TRIPS = 4;

    /// Whose socket it is, and to what.
    /// @param session the client's `session_id`
    /// @param dropBuffers whether binary messages to it lose their buffers (a client that would die of them)
    record Client(String kernel, String session, String owner, long token, boolean v1, boolean dropBuffers) {}

    private final Client client;
    private final ServerWebSocket socket;
    private final ChannelHandlerContext wire;
    private final KernelSockets sockets;

    /// Where its client's place is noted; another socket's, once this one was replaced.
    private int slot;

    private @Nullable NodeLane lane;
    private int stream;

    /// While its kernel does not run yet, and what was said there and the kernel has not got.
    private @Nullable WaitingRoom room;

    private List<byte[]> unsent = List.of();
    private boolean closed;

    /// From the client: a message in pieces, and how much the node still takes.
    private @Nullable ByteArrayOutputStream partial;

    private long inbound;

    /// To the client: a v1 message that is under way, or a legacy one that is being collected.
    private boolean inMessage;

    private @Nullable CompositeByteBuf collected;
    private boolean flushing;
    private long queued;
    private long flushed;
    private long taken;
    private long lastQueued;
    private long promised;

    /// To the node: bytes that it may send again, and what it was told of the client's place.
    private long window;

    private long owed;
    private boolean paying;
    private long toldWritten;
    private long toldConfirmed;

    /// Positions: handed to the socket, taken by it, asked about by a ping, and confirmed by its pong.
    private long forwarded;

    private long written;
    private long pinged;
    private long confirmed;

    private boolean pinging;
    private long trip;
    private long unasked;
    private long heard = System.nanoTime();
    private long spoke = heard;

    /// @param wire the websocket's place in its channel's pipeline, where frames are written without a copy
    KernelSocket(
            Client client,
            ServerWebSocket socket,
            ChannelHandlerContext wire,
            KernelSockets sockets,
            int slot,
            long after) {
        this.client = client;
        this.socket = socket;
        this.wire = wire;
        this.sockets = sockets;
        this.slot = slot;
        this.forwarded = this.written = this.pinged = this.confirmed = after;
        sockets.cursors().put(slot, after);
        sockets.cursors().confirmed(slot, after, 0);
        socket.pause();
        socket.frameHandler(this::frame);
        socket.pongHandler(this::pong);
        socket.exceptionHandler(e -> LOG.debug("websocket of kernel {}: {}", client.kernel(), e.toString()));
        socket.closeHandler(ended -> ended());
    }

    Client client() {
        return client;
    }

    /// Opens the stream on a lane: at the beginning, and again when a node comes back.
    void attach(NodeLane to) {
        if (closed || room != null) return;
        lane = to;
        inbound = window = to.window();
        stream = to.open(
                new Orders.OpenKernel(
                        "kernel",
                        client.kernel(),
                        client.session(),
                        forwarded == 0 ? null : forwarded,
                        client.dropBuffers()),
                this);
        for (var body : unsent) send(to, body);
        unsent = List.of();
        // What the client sends may follow at once: the node takes a lane's frames in their order. A client that asks
        // and leaves must not have asked in vain.
        if (inbound > 0) socket.resume();
    }

    /// Waits there for the kernel, instead of being attached to it.
    void await(WaitingRoom where) {
        room = where;
        socket.resume();
    }

    // ---- as a guest in a waiting room

    @Override
    public String session() {
        return client.session();
    }

    @Override
    public void hear(byte[] v1) {
        wire.executor().execute(() -> tell(v1));
    }

    @Override
    public void goOn(List<byte[]> said) {
        wire.executor().execute(() -> {
            room = null;
            unsent = said;
            var to = sockets.lane();
            if (to == null) socket.pause();
            else attach(to);
        });
    }

    @Override
    public void leave(int code, String reason) {
        wire.executor().execute(() -> close((short) code, reason));
    }

    private void tell(byte[] v1) {
        if (closed) return;
        if (client.v1()) {
            write(new BinaryWebSocketFrame(true, 0, Unpooled.wrappedBuffer(v1)), 0, 0);
            return;
        }
        var message = WsFrames.toLegacy(v1);
        var content = Unpooled.wrappedBuffer(message.bytes());
        write(message.text() ? new TextWebSocketFrame(content) : new BinaryWebSocketFrame(content), 0, 0);
    }

    // ---- from the client

    private void frame(io.vertx.core.http.WebSocketFrame frame) {
        heard = System.nanoTime();
        if (!(frame.isText() || frame.isBinary() || frame.isContinuation())) return;
        var bytes = frame.binaryData().getBytes();
        if (frame.isFinal() && partial == null) {
            message(bytes);
            return;
        }
        if (partial == null) partial = new ByteArrayOutputStream(bytes.length * 2);
        if ((long) partial.size() + bytes.length > sockets.limits().messageBytes()) {
            close(
                    (short) 1009,
                    "a message may have %d bytes".formatted(sockets.limits().messageBytes()));
            return;
        }
        partial.writeBytes(bytes);
        if (frame.isFinal()) {
            var whole = partial.toByteArray();
            partial = null;
            message(whole);
        }
    }

    private void message(byte[] bytes) {
        var to = lane;
        var waits = room;
        if (to == null && waits == null || closed) return;
        try {
            var body = client.v1() ? WsFrames.fromV1(bytes) : WsFrames.fromLegacy(bytes);
            if (waits != null) waits.received(this, body);
            else if (to != null) send(to, body);
            if (waits == null && inbound <= 0) socket.pause();
        } catch (BadMessage e) {
            LOG.info("a message to kernel {} is ignored: {}", client.kernel(), e.getMessage());
        }
    }

    private void send(NodeLane to, byte[] body) {
        to.send(stream, body);
        inbound -= body.length;
    }

    // ---- from the node

    @Override
    public void opened() {
        // Nothing waits for it.
    }

    @Override
    public void credit(long bytes) {
        boolean was = inbound > 0;
        inbound += bytes;
        if (!was && inbound > 0) socket.resume();
    }

    @Override
    public void data(boolean last, long seq, ByteBuf payload) {
        if (closed) {
            payload.release();
            return;
        }
        int bytes = payload.readableBytes();
        if (last) forwarded = seq;
        if (client.v1()) {
            var frame = inMessage
                    ? new ContinuationWebSocketFrame(last, 0, payload)
                    : new BinaryWebSocketFrame(last, 0, payload);
            inMessage = !last;
            write(frame, bytes, last ? seq : 0);
        } else {
            legacy(last, seq, payload, bytes);
        }
    }

    /// A legacy message is written whole, so its pieces are paid for as they come.
    private void legacy(boolean last, long seq, ByteBuf payload, int bytes) {
        if (!last) {
            if (collected == null) collected = wire.alloc().compositeBuffer(Integer.MAX_VALUE);
            collected.addComponent(true, payload);
            owe(bytes);
            return;
        }
        var whole = payload;
        if (collected != null) {
            whole = collected.addComponent(true, payload);
            collected = null;
        }
        try {
            var message = WsFrames.toLegacy(ByteBufUtil.getBytes(whole));
            var content = Unpooled.wrappedBuffer(message.bytes());
            write(message.text() ? new TextWebSocketFrame(content) : new BinaryWebSocketFrame(content), bytes, seq);
        } catch (BadMessage e) {
            LOG.warn("a message of kernel {} cannot be framed: {}", client.kernel(), e.getMessage());
            owe(bytes);
        } finally {
            whole.release();
        }
    }

    private void write(WebSocketFrame frame, int bytes, long seq) {
        queued += bytes;
        if (seq != 0) lastQueued = seq;
        wire.write(frame).addListener(done -> {
            if (!done.isSuccess()) return;
            taken += bytes;
            if (seq != 0) {
                written = seq;
                if (seq > promised) sockets.cursors().put(slot, seq);
                wonder(bytes);
            }
            owe(bytes);
        });
        if (flushing) return;
        flushing = true;
        wire.executor().execute(this::flush);
    }

    /// Writes what is queued. The client's place is noted before the system call where the socket is likely to
    /// take everything: the call wakes the client, which may well run before this thread goes on, and a gateway
    /// killed just then would show the message twice. If the socket did not take all, its place is what it took.
    private void flush() {
        flushing = false;
        boolean likely = taken == flushed && queued - flushed <= LIKELY;
        flushed = queued;
        if (likely && lastQueued > written) {
            promised = lastQueued;
            sockets.cursors().put(slot, promised);
        }
        wire.flush();
        if (likely && taken != flushed) {
            promised = 0;
            sockets.cursors().put(slot, written);
        }
    }

    /// Credit goes back a moment later; at the end of this turn of the event loop, where much is owed.
    private void owe(int bytes) {
        owed += bytes;
        sockets.payLater(this);
        if (paying || owed < window / 4) return;
        paying = true;
        wire.executor().execute(() -> {
            paying = false;
            pay();
        });
    }

    void pay() {
        var to = lane;
        if (to == null || closed || owed == 0 && written == toldWritten && confirmed == toldConfirmed) return;
        to.credit(stream, owed, written, confirmed);
        owed = 0;
        toldWritten = written;
        toldConfirmed = confirmed;
    }

    @Override
    public void closed(Orders.Closed why) {
        lane = null;
        if (why.code().equals("replaced")) slot = Cursors.NONE;
        switch (why.code()) {
            case "gone", "dead", "replaced" -> close((short) 1000, why.reason());
            default -> close((short) 1012, why.reason());
        }
    }

    @Override
    public void lost() {
        lane = null;
        owed = 0;
        // Half a message cannot be taken back; whoever is in the middle of one starts over.
        if (inMessage) {
            close((short) 1012, "the node went away");
            return;
        }
        if (collected != null) {
            collected.release();
            collected = null;
        }
        socket.pause();
        var again = sockets.lane();
        if (again != null) attach(again);
    }

    // ---- what the client has: a ping follows what the socket took, and its pong says that all before it arrived

    /// Asks at once after a silence or much, else a moment later.
    private void wonder(int bytes) {
        unasked += bytes;
        if (pinging) return;
        long now = System.nanoTime();
        if (unasked >= ASK_EVERY || now - spoke > ASK_AT_MOST) ping(now);
        else sockets.askLater(this);
    }

    void ask() {
        if (!closed && !pinging && written != pinged) ping(System.nanoTime());
    }

    private void ping(long now) {
        long doubtful = now + Math.max(DOUBT_AFTER, DOUBT_AFTER_TRIPS * trip);
        if (!pinging) sockets.cursors().confirmed(slot, confirmed, doubtful);
        unasked = 0;
        pinging = true;
        pinged = written;
        spoke = now;
        socket.writePing(Buffer.buffer(8).appendLong(pinged));
    }

    private void pong(Buffer payload) {
        heard = System.nanoTime();
        if (payload.length() != 8) return;
        pinging = false;
        trip = heard - spoke;
        confirmed = Math.max(confirmed, payload.getLong(0));
        sockets.cursors().confirmed(slot, confirmed, 0);
        sockets.payLater(this);
        if (written != pinged) wonder(0);
    }

    // ---- the socket's life

    /// Once a second: keeps proxies awake, and notices who is no longer there.
    void tick(long now) {
        if (closed) return;
        var limits = sockets.limits();
        if (now - heard > limits.silence().toNanos()) {
            LOG.info("the client of kernel {} has not answered for {}", client.kernel(), limits.silence());
            var ignored = wire.channel().close();
            return;
        }
        if (now - spoke > limits.ping().toNanos()) ping(now);
    }

    void close(short code, String reason) {
        if (closed) return;
        var ignored = socket.close(code, reason.length() > 100 ? reason.substring(0, 100) : reason);
    }

    private void ended() {
        if (closed) return;
        closed = true;
        if (room != null) room.leave(this);
        if (collected != null) collected.release();
        collected = null;
        var cursors = sockets.cursors();
        long has = cursors.at(slot, System.nanoTime());
        // The next gateway does not know that this one had doubts.
        if (has < written) cursors.put(slot, has);
        if (lane != null) {
            // The node keeps for it what it will want.
            if (has != 0) lane.credit(stream, 0, has, has);
            lane.close(stream, "left", "the client went away");
        }
        sockets.left(this);
    }
}

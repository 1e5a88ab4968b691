package sluice.kernels.zmtp;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to one peer. It does not reconnect once it was ready: the listener hears that it closed, at once.
public final class ZmtpSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ZmtpSocket.class);
    private static final byte[] NOTHING = new byte[0];
    private static final long FIRST_RETRY = 2_000_000;
    private static final long LAST_RETRY = 50_000_000;

    public enum Kind {
        DEALER(Set.of("ROUTER", "DEALER", "REP")),
        SUB(Set.of("PUB", "XPUB"));

        final Set<String> peers;

        Kind(Set<String> peers) {
            this.peers = peers;
        }
    }

    /// Called on the loop's thread only; nothing more after [#closed].
    public interface Listener {
        /// The handshake is done and the subscription sent. What was sent before is on its way now.
        void ready();

        /// A message. Its parts are valid during this call.
        void message(Frames parts);

        /// A large last part is about to come: it is read to the end of the array given here, so that a listener
        /// that wants a message in one piece need not copy it together.
        default byte[] roomForLast(Frames before, int length) {
            return new byte[length];
        }

        /// The messages of one turn have all been told; more may follow at once.
        void turned();

        /// The peer went away, broke the protocol or never came. Not told after one's own [ZmtpSocket#close].
        void closed(String reason);
    }

    private enum Phase {
        CONNECTING,
        GREETING,
        HANDSHAKE,
        READY,
        CLOSED
    }

    private final ZmtpLoop loop;
    private final Kind kind;
    private final byte[] identity;
    private final SocketAddress address;
    private final long deadline;
    private final ZmtpLimits limits;
    private final Listener listener;
    private final Outbox outbox;
    private Phase phase = Phase.CONNECTING;
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private ByteBuffer greeting = ByteBuffer.allocate(Greeting.LENGTH);
    private FrameReader reader;
    private Greeting peer = new Greeting(3, 0);
    private long retry = FIRST_RETRY;
    private boolean wantsWrite;
    private boolean told;
    private volatile boolean paused;

    ZmtpSocket(
            ZmtpLoop loop,
            Kind kind,
            byte[] identity,
            SocketAddress address,
            Duration within,
            ZmtpLimits limits,
            Listener listener) {
        if (identity.length > 255) throw new IllegalArgumentException("an identity has at most 255 bytes");
        this.loop = loop;
        this.kind = kind;
        this.identity = identity.clone();
        this.address = address;
        this.deadline = System.nanoTime() + within.toNanos();
        this.limits = limits;
        this.listener = listener;
        this.outbox = new Outbox(limits.queuedBytes());
        this.reader = new FrameReader(limits, sink());
    }

    /// Sends a message, from any thread. Its arrays must not change afterwards.
    /// @return false when the socket is closed or the peer has left too much unread
    public boolean send(Frames parts) {
        try {
            var sent = outbox.send(parts);
            if (sent == Outbox.Sent.WAITS) loop.execute(() -> wantWrite(true));
            return sent != Outbox.Sent.REFUSED;
        } catch (IOException e) {
            loop.execute(() -> end("the peer is gone: " + e.getMessage()));
            return false;
        }
    }

    /// Stops reading, so that the peer has to keep what it sends. From any thread.
    public void pause() {
        paused = true;
        loop.execute(this::interest);
    }

    public void resume() {
        paused = false;
        loop.execute(this::interest);
    }

    /// From any thread; the listener hears nothing more.
    @Override
    public void close() {
        outbox.close();
        if (loop.isCurrent()) closeNow();
        else loop.execute(this::closeNow);
    }

    void connect() {
        if (phase != Phase.CONNECTING) return;
        try {
            boolean unix = address instanceof UnixDomainSocketAddress;
            var opened = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
            channel = opened;
            opened.configureBlocking(false);
            if (!unix) opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean connected = opened.connect(address);
            key = opened.register(loop.selector(), connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
            if (retry == FIRST_RETRY) loop.after(Duration.ofNanos(left()), this::overdue);
            if (connected) greet(opened);
        } catch (IOException | RuntimeException e) {
            again(String.valueOf(e.getMessage()));
        }
    }

    void serve(byte[] shared) {
        var open = channel;
        var selected = key;
        if (open == null || selected == null || !selected.isValid()) return;
        try {
            if (selected.isConnectable() && open.finishConnect()) greet(open);
            if (selected.isValid() && selected.isWritable()) wantWrite(!outbox.flush(open));
            if (selected.isValid() && selected.isReadable()) read(open, shared);
        } catch (Malformed e) {
            end("it broke the ZeroMQ protocol: " + e.getMessage());
        } catch (IOException e) {
            lost(String.valueOf(e.getMessage()));
        } catch (OutOfMemoryError e) {
            end("a message was larger than the memory that is left");
        } catch (RuntimeException e) {
            LOG.error("A message from {} could not be handled, closing the socket: {}", address, e.getMessage(), e);
            end("a message could not be handled: " + e.getMessage());
        }
    }

    void closeNow() {
        phase = Phase.CLOSED;
        outbox.close();
        disconnect();
        loop.forget(this);
    }

    private void greet(SocketChannel open) throws IOException {
        phase = Phase.GREETING;
        greeting = ByteBuffer.allocate(Greeting.LENGTH);
        reader = new FrameReader(limits, sink());
        interest();
        write(open, Greeting.ours());
    }

    private void read(SocketChannel open, byte[] shared) throws IOException {
        int budget = limits.turnBytes();
        boolean over = false;
        while (budget > 0 && !over && !paused && phase != Phase.CLOSED) {
            var target = phase == Phase.GREETING ? greeting : reader.target(shared);
            int asked = target.remaining();
            int read = open.read(target);
            if (read < 0) {
                tellTurn();
                lost("the peer closed the connection");
                return;
            }
            if (phase == Phase.GREETING) {
                if (!greeting.hasRemaining()) greeted(open);
            } else if (read > 0) {
                reader.took(target, shared, read);
            }
            over = read < asked;
            budget -= read;
        }
        tellTurn();
    }

    private void tellTurn() {
        if (!told || phase == Phase.CLOSED) return;
        told = false;
        listener.turned();
    }

    private void greeted(SocketChannel open) throws IOException {
        peer = Greeting.read(greeting.array());
        phase = Phase.HANDSHAKE;
        write(open, Commands.ready(kind, identity));
    }

    private FrameReader.Sink sink() {
        return new FrameReader.Sink() {
            @Override
            public void message(Frames parts) {
                if (phase == Phase.CLOSED) return;
                if (phase != Phase.READY) throw new Malformed("a message before READY");
                told = true;
                listener.message(parts);
            }

            @Override
            public byte[] roomForLast(Frames before, int length) {
                return listener.roomForLast(before, length);
            }

            @Override
            public void command(byte[] body) {
                ZmtpSocket.this.command(body);
            }
        };
    }

    private void command(byte[] body) {
        var open = channel;
        if (open == null || phase == Phase.CLOSED) return;
        try {
            switch (Commands.name(body)) {
                case "READY" -> {
                    if (phase != Phase.HANDSHAKE) throw new Malformed("READY at the wrong time");
                    Commands.checkReady(body, kind);
                    phase = Phase.READY;
                    wantWrite(!outbox.open(open, kind == Kind.SUB ? Commands.subscribe(peer) : NOTHING));
                    listener.ready();
                }
                case "ERROR" -> throw new Malformed(Commands.error(body));
                case "PING" -> write(open, Commands.pong(body));
                default -> LOG.trace("{} sent an unknown command", address);
            }
        } catch (IOException e) {
            lost(String.valueOf(e.getMessage()));
        }
    }

    private void write(SocketChannel open, byte[] bytes) throws IOException {
        wantWrite(!outbox.raw(open, bytes));
    }

    private void wantWrite(boolean wanted) {
        if (wantsWrite == wanted) return;
        wantsWrite = wanted;
        interest();
    }

    private void interest() {
        var selected = key;
        if (selected == null || !selected.isValid() || phase == Phase.CONNECTING) return;
        selected.interestOps((paused ? 0 : SelectionKey.OP_READ) | (wantsWrite ? SelectionKey.OP_WRITE : 0));
    }

    /// Before the peer was ready, a lost connection means that it is not there yet.
    private void lost(String why) {
        if (phase == Phase.READY) end(why);
        else if (phase != Phase.CLOSED) again(why);
    }

    private void again(String why) {
        disconnect();
        outbox.again();
        if (address instanceof UnixDomainSocketAddress unix && unix.toString().length() > 107) {
            end("its path is longer than the 107 bytes a unix socket may have: " + unix);
            return;
        }
        if (left() <= retry) {
            end("it could not be reached in time: " + why);
            return;
        }
        phase = Phase.CONNECTING;
        loop.after(Duration.ofNanos(retry), this::connect);
        // About three percent of what was waited so far: soon noticed after a quick start, cheap in a slow one.
        retry = Math.min(LAST_RETRY, retry + retry / 32);
    }

    private void overdue() {
        if (phase != Phase.READY && phase != Phase.CLOSED)
            end(phase == Phase.CONNECTING ? "it could not be reached in time" : "it does not answer as ZeroMQ does");
    }

    private long left() {
        return deadline - System.nanoTime();
    }

    private void end(String reason) {
        if (phase == Phase.CLOSED) return;
        closeNow();
        listener.closed(reason);
    }

    private void disconnect() {
        var open = channel;
        channel = null;
        key = null;
        wantsWrite = false;
        if (open == null) return;
        try {
            open.close();
        } catch (IOException e) {
            LOG.debug("closing {}: {}", address, e.getMessage());
        }
    }
}

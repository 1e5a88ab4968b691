package sluice.kernels.line;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.link.NodeDesk;
import sluice.kernels.link.Orders;
import sluice.kernels.wire.BadMessage;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.V1;

/// One attached client. It takes messages out of the ring in batches, so that the line's lock is taken seldom.
final class LineChannel implements NodeDesk.Channel {
    private static final Logger LOG = LoggerFactory.getLogger(LineChannel.class);

    private final Conversation line;
    private final Session session;
    private final Bell bell;
    private final boolean dropBuffers;
    private final int mergeBytes;

    // Guarded by the line's lock.
    private long position;
    private long given;
    private boolean hungry;
    private boolean replaced;
    private Orders.@Nullable Closed closed;

    // Guarded by this channel's monitor, which is always taken before the line's lock.
    private final ArrayDeque<Entry> batch = new ArrayDeque<>();
    private boolean saidBuffers;

    LineChannel(Conversation line, Session session, Bell bell, boolean dropBuffers, int mergeBytes) {
        this.line = line;
        this.session = session;
        this.bell = bell;
        this.dropBuffers = dropBuffers;
        this.mergeBytes = mergeBytes;
        this.position = session.cursor;
        this.given = session.cursor;
    }

    @Override
    public synchronized @Nullable Message poll() {
        if (batch.isEmpty()) line.fill(this, batch);
        var entry = batch.peek();
        if (entry == null) return null;
        if (dropBuffers) {
            var message = V1.read(entry.v1);
            if (message.buffers() > 0) return withoutBuffers(entry, message);
        }
        batch.remove();
        var next = batch.peek();
        if (entry.stream && next != null && next.stream && line.behind(this)) return merged(entry);
        return new Message(entry.seq, entry.v1);
    }

    @Override
    public void received(byte[] v1) {
        try {
            var message = V1.read(v1);
            var to = message.channel().orElseThrow(() -> new BadMessage("no such channel"));
            if (to == ChannelName.IOPUB || to == ChannelName.HB)
                throw new BadMessage("nothing is sent on " + to.text());
            line.received(this, to, message, message.clientHeader());
        } catch (BadMessage e) {
            LOG.debug("Ignored a message of session {}: {}", session.id, e.getMessage());
        }
    }

    @Override
    public void delivered(long seq, long confirmed) {
        line.delivered(this, seq, confirmed);
    }

    @Override
    public Orders.@Nullable Closed ended() {
        synchronized (this) {
            if (!batch.isEmpty() && !line.replaced(this)) return null;
        }
        return line.ended(this);
    }

    @Override
    public void close() {
        line.detach(this);
    }

    /// The client would die of the buffers. It hears so once, before the first message that loses some.
    private Message withoutBuffers(Entry entry, V1 message) {
        if (!saidBuffers) {
            saidBuffers = true;
            return new Message(entry.seq - 1, line.buffersNote(message));
        }
        batch.remove();
        return new Message(entry.seq, message.withoutBuffers().bytes());
    }

    private Message merged(Entry first) {
        var run = StreamRun.beginning(first, mergeBytes);
        if (run == null) return new Message(first.seq, first.v1);
        long seq = first.seq;
        for (var next = batch.peek(); next != null && next.stream && run.add(next); next = batch.peek()) {
            seq = next.seq;
            batch.remove();
        }
        return new Message(seq, run.v1());
    }

    Session session() {
        return session;
    }

    Bell bell() {
        return bell;
    }

    long position() {
        return position;
    }

    void moveTo(long position) {
        this.position = position;
    }

    long given() {
        return given;
    }

    void gave(long seq) {
        given = seq;
    }

    boolean hungry() {
        return hungry;
    }

    void hungry(boolean hungry) {
        this.hungry = hungry;
    }

    boolean replaced() {
        return replaced;
    }

    Orders.@Nullable Closed closed() {
        return closed;
    }

    void end(Orders.Closed why, boolean replaced) {
        if (closed != null) return;
        this.closed = why;
        this.replaced = replaced;
    }
}

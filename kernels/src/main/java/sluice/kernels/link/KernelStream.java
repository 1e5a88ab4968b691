package sluice.kernels.link;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A client's channel to a kernel on a lane: messages are pulled from the kernel's line only while there is credit.
final class KernelStream extends LaneStream {
    private static final int DATA_HEAD = FrameType.HEAD + 1 + 8;
    private static final int TURN = 64 << 10;

    private final Lane lane;
    private final long window;
    private NodeDesk.@Nullable Channel channel;
    private NodeDesk.Channel.@Nullable Message current;
    private int sent;
    private long credit;
    private long owed;
    private @Nullable ByteArrayOutputStream partial;

    KernelStream(int id, Lane lane, long window) {
        super(id);
        this.lane = lane;
        this.window = window;
        this.credit = window;
    }

    /// The bell may ring before [NodeDesk#openKernel] has returned the channel; the first turn then finds none.
    synchronized void opened(NodeDesk.Channel opened) {
        channel = opened;
    }

    @Override
    synchronized Turn fill(ByteBuffer out) {
        if (channel == null) return Turn.DONE;
        int turnEnd = out.position() + TURN;
        while (credit > 0) {
            if (current == null) {
                current = channel.poll();
                sent = 0;
                if (current == null) return closeWhenEnded(channel, out);
            }
            int left = current.v1().length - sent;
            int room = out.remaining() - DATA_HEAD;
            int fragment = Math.min(left, FrameType.FRAGMENT);
            if (room < fragment) return Turn.FULL;
            head(out, FrameType.DATA, id, 1 + 8 + fragment);
            out.put(fragment == left ? FrameType.LAST : 0).putLong(current.seq());
            out.put(current.v1(), sent, fragment);
            sent += fragment;
            credit -= fragment;
            if (fragment == left) current = null;
            if (out.position() >= turnEnd) return Turn.MORE;
        }
        return Turn.DONE;
    }

    private Turn closeWhenEnded(NodeDesk.Channel live, ByteBuffer out) {
        var ended = live.ended();
        if (ended == null) return Turn.DONE;
        var json = LinkJson.MAPPER.writeValueAsBytes(ended);
        if (out.remaining() < FrameType.HEAD + json.length) return Turn.FULL;
        head(out, FrameType.CLOSE, id, json.length);
        out.put(json);
        return Turn.ENDED;
    }

    @Override
    void data(ByteBuffer in) {
        boolean last = (in.get() & FrameType.LAST) != 0;
        var bytes = new byte[in.remaining()];
        in.get(bytes);
        owed += bytes.length;
        // One frame for many: each wakes the gateway.
        if (owed >= window / 2) {
            lane.sendCredit(id, owed);
            owed = 0;
        }
        if (last && partial == null) {
            received(bytes);
            return;
        }
        if (partial == null) partial = new ByteArrayOutputStream(bytes.length * 4);
        partial.writeBytes(bytes);
        if (last) {
            var whole = partial.toByteArray();
            partial = null;
            received(whole);
        }
    }

    private void received(byte[] v1) {
        var open = channel;
        if (open != null) open.received(v1);
    }

    @Override
    void credit(long bytes, ByteBuffer in) {
        long taken = in.getLong();
        long confirmed = in.getLong();
        NodeDesk.Channel open;
        synchronized (this) {
            credit += bytes;
            open = channel;
        }
        if (open != null && taken != 0) open.delivered(taken, confirmed);
        lane.turn(this);
    }

    @Override
    void closed() {
        var open = channel;
        if (open != null) open.close();
    }
}

package sluice.kernels.link;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/// A stream on a lane, as the lane sees it: it takes turns filling the lane's buffer, and hears what comes in.
abstract sealed class LaneStream permits KernelStream, DialStream {
    final int id;
    /// Whether it stands in the lane's queue for a turn.
    final AtomicBoolean waiting = new AtomicBoolean();

    LaneStream(int id) {
        this.id = id;
    }

    /// What a stream did with its turn.
    enum Turn {
        /// It has no more to say, or may not say it yet.
        DONE,
        /// It has more; the buffer still has room for others.
        MORE,
        /// The buffer is too full for its next frame.
        FULL,
        /// It ended, and its CLOSE stands in the buffer.
        ENDED
    }

    /// Writes whole frames into `out`, as many as one turn allows.
    abstract Turn fill(ByteBuffer out);

    /// A DATA frame came: `flags` and payload remain in `in`.
    abstract void data(ByteBuffer in);

    /// A CREDIT frame came: what its kind of stream adds to `bytes` remains in `in`.
    abstract void credit(long bytes, ByteBuffer in);

    /// The gateway closed it, or the lane is gone.
    abstract void closed();

    static void head(ByteBuffer out, FrameType type, int stream, int payload) {
        out.putInt(FrameType.HEAD - 4 + payload).put(type.code).putInt(stream);
    }
}

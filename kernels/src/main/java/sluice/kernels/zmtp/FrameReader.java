package sluice.kernels.zmtp;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Cuts a byte stream into frames and frames into messages. Frames that lie whole in the read buffer are handed on
/// as slices of it; what is larger is read straight into an array of its own.
final class FrameReader {
    /// An array grows as its bytes arrive beyond this, so that a length alone costs nothing.
    private static final int TRUSTED = 16 << 20;

    private static final int LARGE = 64 << 10;
    private static final int MAX_COMMAND = 64 << 10;
    private static final byte[] NONE = new byte[0];

    interface Sink {
        void message(Frames parts);

        /// Where a large last part shall be read to: the end of the array that is given back.
        byte[] roomForLast(Frames before, int length);

        void command(byte[] body);
    }

    private final ZmtpLimits limits;
    private final Sink sink;
    private final Frames frames = new Frames();
    private final byte[] head = new byte[9];
    private int headFilled;
    private byte flags;
    private byte[] body = NONE;
    private int bodyStart;
    private int bodyLength;
    private int bodyFilled;
    private boolean inBody;

    FrameReader(ZmtpLimits limits, Sink sink) {
        this.limits = limits;
        this.sink = sink;
    }

    /// Where the next bytes should be read to: the rest of a large frame, or the shared buffer.
    ByteBuffer target(byte[] shared) {
        if (!inBody || bodyLength - bodyFilled < 4096) return ByteBuffer.wrap(shared);
        room(1);
        int from = bodyStart + bodyFilled;
        return ByteBuffer.wrap(body, from, Math.min(body.length - from, shared.length));
    }

    /// Takes what was read into [#target].
    void took(ByteBuffer target, byte[] shared, int read) {
        if (target.array() == shared) {
            took(shared, 0, read);
            frames.keep(shared);
        } else {
            bodyFilled += read;
            if (bodyFilled == bodyLength) bodyComplete();
        }
    }

    private void took(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end) {
            if (inBody) {
                int part = Math.min(end - at, bodyLength - bodyFilled);
                room(part);
                System.arraycopy(bytes, at, body, bodyStart + bodyFilled, part);
                bodyFilled += part;
                at += part;
                if (bodyFilled == bodyLength) bodyComplete();
                continue;
            }
            if (headFilled == 0) {
                flags = bytes[at];
                check();
            }
            int headLength = (flags & Commands.LONG) != 0 ? 9 : 2;
            int part = Math.min(end - at, headLength - headFilled);
            System.arraycopy(bytes, at, head, headFilled, part);
            headFilled += part;
            at += part;
            if (headFilled < headLength) return;
            headFilled = 0;
            int length = length();
            if (length <= end - at) {
                complete(bytes, at, length);
                at += length;
            } else {
                begin(length);
            }
        }
    }

    private void check() {
        if ((flags & ~7) != 0) throw new Malformed("reserved flags are set on a frame: " + (flags & 0xff));
        if ((flags & Commands.COMMAND) != 0 && (flags & Commands.MORE) != 0)
            throw new Malformed("a command of several parts");
        if ((flags & Commands.COMMAND) != 0 && frames.count() > 0)
            throw new Malformed("a command between the parts of a message");
        if (frames.count() == limits.parts())
            throw new Malformed("a message of more than " + limits.parts() + " parts");
    }

    private int length() {
        long length = (flags & Commands.LONG) == 0
                ? head[1] & 0xff
                : ByteBuffer.wrap(head).getLong(1);
        if ((flags & Commands.COMMAND) != 0 && (length < 0 || length > MAX_COMMAND))
            throw new Malformed("a command of " + length + " bytes");
        if (length < 0 || length + frames.bytes() > limits.messageBytes())
            throw new Malformed("a message of more than " + limits.messageBytes() + " bytes");
        return (int) length;
    }

    private void begin(int length) {
        boolean last = (flags & (Commands.MORE | Commands.COMMAND)) == 0;
        body = last && length >= LARGE && length <= TRUSTED
                ? sink.roomForLast(frames, length)
                : new byte[Math.min(length, TRUSTED)];
        bodyStart = Math.max(0, body.length - length);
        bodyLength = length;
        bodyFilled = 0;
        inBody = true;
    }

    private void room(int more) {
        if (bodyStart + bodyFilled + more <= body.length) return;
        body = Arrays.copyOf(body, (int) Math.min(bodyLength, Math.max(2L * body.length, bodyFilled + (long) more)));
    }

    private void bodyComplete() {
        var whole = body;
        body = NONE;
        inBody = false;
        complete(whole, bodyStart, bodyLength);
    }

    private void complete(byte[] array, int offset, int length) {
        if ((flags & Commands.COMMAND) != 0) {
            sink.command(Arrays.copyOfRange(array, offset, offset + length));
            return;
        }
        frames.add(array, offset, length);
        if ((flags & Commands.MORE) != 0) return;
        sink.message(frames);
        frames.clear();
    }
}

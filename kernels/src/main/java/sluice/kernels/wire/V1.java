package sluice.kernels.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import sluice.kernels.zmtp.Frames;

/// A message in the byte layout of the `v1.kernel.websocket.jupyter.org` subprotocol: little-endian `u64 n`,
/// `u64 offset[n]`, then channel, header, parent header, metadata, content and buffers one after the other. The last
/// offset is the length. One array carries it from the kernel's socket to the browser.
public final class V1 {
    public static final int HEADER = 1;
    public static final int PARENT = 2;
    public static final int METADATA = 3;
    public static final int CONTENT = 4;
    private static final int FIRST_BUFFER = 5;
    private static final int MAX_PARTS = 1 << 16;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int parts;

    private V1(byte[] bytes, int parts) {
        this.bytes = bytes;
        this.parts = parts;
    }

    /// Looks at bytes that someone sent.
    /// @throws BadMessage when their table does not fit them
    public static V1 read(byte[] bytes) {
        if (bytes.length < 8) throw new BadMessage("a message of " + bytes.length + " bytes");
        long offsets = (long) LONG.get(bytes, 0);
        if (offsets < FIRST_BUFFER + 1 || offsets > MAX_PARTS)
            throw new BadMessage("a message of " + offsets + " parts");
        long head = 8 * (offsets + 1);
        if (head > bytes.length) throw new BadMessage("a message that ends within its table");
        long before = head;
        for (int i = 0; i < offsets; i++) {
            long offset = (long) LONG.get(bytes, 8 * (i + 1));
            if (i == 0 && offset != head || offset < before || offset > bytes.length)
                throw new BadMessage("a message whose part " + i + " begins at " + offset);
            before = offset;
        }
        if (before != bytes.length) throw new BadMessage("a message with bytes behind its end");
        return new V1(bytes, (int) offsets - 1);
    }

    /// From a ZeroMQ message, whose parts from `first` on are header, parent header, metadata, content, buffers.
    public static V1 of(ChannelName channel, Frames frames, int first) {
        return laidOut(channel, frames, first, frames.count() - first, 0);
    }

    /// The same while the last part is still to come: its place is the end of the array.
    public static V1 withRoomForLast(ChannelName channel, Frames frames, int first, int length) {
        return laidOut(channel, frames, first, frames.count() - first + 1, length);
    }

    private static V1 laidOut(ChannelName channel, Frames frames, int first, int given, int room) {
        int parts = 1 + given;
        if (parts < FIRST_BUFFER || parts >= MAX_PARTS) throw new BadMessage("a message of " + parts + " parts");
        int head = 8 * (parts + 2);
        long total = head + channel.bytes().length + (long) room;
        for (int i = first; i < frames.count(); i++) total += frames.length(i);
        if (total > Integer.MAX_VALUE - 16) throw new BadMessage("a message of " + total + " bytes");

        var bytes = new byte[(int) total];
        LONG.set(bytes, 0, (long) parts + 1);
        int at = put(bytes, 0, head, channel.bytes(), 0, channel.bytes().length);
        for (int i = first; i < frames.count(); i++) {
            at = put(bytes, 1 + i - first, at, frames.array(i), frames.offset(i), frames.length(i));
        }
        if (given > frames.count() - first) LONG.set(bytes, 8 * parts, (long) at);
        LONG.set(bytes, 8 * (parts + 1), total);
        return new V1(bytes, parts);
    }

    public static V1 of(
            ChannelName channel, byte[] header, byte[] parent, byte[] metadata, byte[] content, List<byte[]> buffers) {
        var frames = new Frames().add(header).add(parent).add(metadata).add(content);
        buffers.forEach(frames::add);
        return of(channel, frames, 0);
    }

    /// The same message without its buffers.
    public V1 withoutBuffers() {
        var frames = new Frames();
        for (int part = HEADER; part < FIRST_BUFFER; part++) frames.add(bytes, start(part), end(part) - start(part));
        return of(channel().orElseThrow(() -> new BadMessage("an unknown channel")), frames, 0);
    }

    public byte[] bytes() {
        return bytes;
    }

    public Optional<ChannelName> channel() {
        return ChannelName.of(bytes, start(0), end(0));
    }

    public int buffers() {
        return parts - FIRST_BUFFER;
    }

    /// Where a part begins: 0 is the channel, then [#HEADER] … [#CONTENT], then the buffers.
    public int start(int part) {
        return (int) (long) LONG.get(bytes, 8 * (part + 1));
    }

    public int end(int part) {
        return start(part + 1);
    }

    public int length(int part) {
        return end(part) - start(part);
    }

    /// @throws BadMessage when the header is not a JSON object
    public HeaderFields header() {
        return HeaderFields.read(bytes, start(HEADER), end(HEADER));
    }

    /// The header of a client's message, of which every kernel must be able to speak again. Half a surrogate pair has
    /// no UTF-8: ipykernel's iopub thread fails over such a parent header and may never be heard again.
    /// @throws BadMessage when the header is not a JSON object or holds half a surrogate pair (RFC 8259 §8.2)
    public HeaderFields clientHeader() {
        SurrogatePairs.check(bytes, start(HEADER), end(HEADER));
        return header();
    }

    /// @throws BadMessage when the parent header is not a JSON object
    public HeaderFields parent() {
        return HeaderFields.read(bytes, start(PARENT), end(PARENT));
    }

    /// Appends header, parent header, metadata, content and buffers.
    public void addTo(Frames frames) {
        for (int part = HEADER; part < parts; part++) frames.add(bytes, start(part), length(part));
    }

    private static int put(byte[] to, int part, int at, byte[] from, int offset, int length) {
        LONG.set(to, 8 * (part + 1), (long) at);
        System.arraycopy(from, offset, to, at, length);
        return at + length;
    }
}

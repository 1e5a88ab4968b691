package sluice.kernels.line;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.kernels.wire.BadMessage;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.JsonFields;
import sluice.kernels.wire.V1;

/// Prints of one cell that follow each other, made into one message. Their texts are joined as they stand in JSON,
/// which is safe because each is a whole JSON string.
final class StreamRun {
    private static final byte[] NAME = "name".getBytes(US_ASCII);
    private static final byte[] MSG_ID = "msg_id".getBytes(US_ASCII);
    private static final byte[] TEXT = "text".getBytes(US_ASCII);

    private final V1 first;
    private final Content content;
    private final int limit;
    private @Nullable ByteArrayOutputStream joined;
    private int length;

    private StreamRun(V1 first, Content content, int limit) {
        this.first = first;
        this.content = content;
        this.limit = limit;
        this.length = content.textEnd - content.textStart;
    }

    /// @return null when the message has something that joining would lose
    static @Nullable StreamRun beginning(Entry entry, int limit) {
        var message = V1.read(entry.v1);
        var content = content(message);
        return content == null ? null : new StreamRun(message, content, limit);
    }

    /// @return false when it does not belong to this run
    boolean add(Entry entry) {
        var message = V1.read(entry.v1);
        var next = content(message);
        if (next == null
                || !same(first, content.nameStart, content.nameEnd, message, next.nameStart, next.nameEnd)
                || !same(first, V1.PARENT, message)
                || !same(first, V1.METADATA, message)) return false;
        int more = next.textEnd - next.textStart;
        if (length + more > limit) return false;
        var text = joined;
        if (text == null) {
            text = new ByteArrayOutputStream(1024);
            text.write(first.bytes(), content.textStart, length);
            joined = text;
        }
        text.write(message.bytes(), next.textStart, more);
        length += more;
        return true;
    }

    /// Bytes of text as they stand in JSON.
    int length() {
        return length;
    }

    byte[] v1() {
        var text = joined;
        if (text == null) return first.bytes();
        return laidOut(first, content, part(first, V1.HEADER), text.toByteArray());
    }

    /// What is left of a joined message for someone who has had its beginning.
    /// @param from where in its text that beginning ends
    /// @param had tells it from the message that has all: two messages with one id would be taken for the same
    static byte[] rest(byte[] v1, int from, int had) {
        var message = V1.read(v1);
        var content = content(message);
        if (content == null) throw new IllegalStateException("a message that was never joined");
        var text = Arrays.copyOfRange(v1, content.textStart + from, content.textEnd);
        return laidOut(message, content, otherId(part(message, V1.HEADER), "+" + had), text);
    }

    private static byte[] otherId(byte[] header, String suffix) {
        var fields = new JsonFields(header, 0, header.length);
        while (fields.next()) {
            if (!fields.named(MSG_ID) || !fields.isString()) continue;
            int end = fields.valueEnd() - 1;
            var other = new ByteArrayOutputStream(header.length + suffix.length());
            other.write(header, 0, end);
            other.writeBytes(suffix.getBytes(US_ASCII));
            other.write(header, end, header.length - end);
            return other.toByteArray();
        }
        return header;
    }

    private static byte[] laidOut(V1 like, Content content, byte[] header, byte[] text) {
        var whole = new ByteArrayOutputStream(text.length + 64);
        whole.writeBytes("{\"name\":".getBytes(US_ASCII));
        whole.write(like.bytes(), content.nameStart, content.nameEnd - content.nameStart);
        whole.writeBytes(",\"text\":\"".getBytes(US_ASCII));
        whole.writeBytes(text);
        whole.writeBytes("\"}".getBytes(US_ASCII));
        return V1.of(
                        ChannelName.IOPUB,
                        header,
                        part(like, V1.PARENT),
                        part(like, V1.METADATA),
                        whole.toByteArray(),
                        List.of())
                .bytes();
    }

    private static byte[] part(V1 message, int part) {
        return Arrays.copyOfRange(message.bytes(), message.start(part), message.end(part));
    }

    private static boolean same(V1 a, int part, V1 b) {
        return same(a, a.start(part), a.end(part), b, b.start(part), b.end(part));
    }

    private static boolean same(V1 a, int aFrom, int aTo, V1 b, int bFrom, int bTo) {
        return Arrays.equals(a.bytes(), aFrom, aTo, b.bytes(), bFrom, bTo);
    }

    private record Content(int nameStart, int nameEnd, int textStart, int textEnd) {}

    private static @Nullable Content content(V1 message) {
        if (message.buffers() > 0) return null;
        int nameStart = -1;
        int nameEnd = -1;
        int textStart = -1;
        int textEnd = -1;
        try {
            var fields = new JsonFields(message.bytes(), message.start(V1.CONTENT), message.end(V1.CONTENT));
            while (fields.next()) {
                if (!fields.isString()) return null;
                if (fields.named(NAME)) {
                    nameStart = fields.valueStart();
                    nameEnd = fields.valueEnd();
                } else if (fields.named(TEXT)) {
                    textStart = fields.valueStart() + 1;
                    textEnd = fields.valueEnd() - 1;
                } else {
                    return null;
                }
            }
        } catch (BadMessage e) {
            return null;
        }
        return nameStart < 0 || textStart < 0 ? null : new Content(nameStart, nameEnd, textStart, textEnd);
    }
}

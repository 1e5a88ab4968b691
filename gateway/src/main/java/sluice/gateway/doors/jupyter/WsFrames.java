package sluice.gateway.doors.jupyter;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.kernels.wire.BadMessage;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.V1;
import sluice.kernels.zmtp.Frames;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The three framings of the kernel websocket, from and to v1 bodies
/// (<https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html>). The JSON inside is cut out
/// and put together as bytes, never built up as trees.
final class WsFrames {
    /// The subprotocol's name; a client that offers it gets it.
    static final String SUBPROTOCOL = "v1.kernel.websocket.jupyter.org";

    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] EMPTY = {'{', '}'};
    private static final int MOST_PARTS = 1 << 16;

    private WsFrames() {}

    // ---- from the client

    /// A v1 body as it came, if it is one.
    static byte[] fromV1(byte[] body) {
        return V1.read(body).bytes();
    }

    /// A legacy message: JSON text, or a table of `u32` offsets, JSON and buffers. Some clients (jupyter_server as a
    /// gateway client) send the second kind in a text frame, so the bytes decide and not the frame's type.
    static byte[] fromLegacy(byte[] message) {
        int first = firstByte(message);
        if (first == '{') return fromText(message, message.length, 0, List.of());
        return fromBinary(message);
    }

    private static int firstByte(byte[] message) {
        for (byte b : message) if (b != ' ' && b != '\n' && b != '\r' && b != '\t') return b;
        return -1;
    }

    private static byte[] fromBinary(byte[] message) {
        var in = ByteBuffer.wrap(message);
        if (message.length < 8) throw new BadMessage("neither JSON nor a table of parts");
        int count = in.getInt();
        if (count < 1 || count > MOST_PARTS || message.length < 4L + 4L * count)
            throw new BadMessage("neither JSON nor a table of parts");
        var offsets = new int[count + 1];
        for (int part = 0; part < count; part++) offsets[part] = in.getInt();
        offsets[count] = message.length;
        int least = 4 + 4 * count;
        for (int part = 0; part < count; part++) {
            if (offsets[part] < least || offsets[part] > offsets[part + 1])
                throw new BadMessage("part %d of %d lies outside the message".formatted(part, count));
            least = offsets[part];
        }
        var buffers = new ArrayList<ByteBuffer>(count - 1);
        for (int part = 1; part < count; part++)
            buffers.add(ByteBuffer.wrap(message, offsets[part], offsets[part + 1] - offsets[part]));
        return fromText(message, offsets[1], offsets[0], buffers);
    }

    private static byte[] fromText(byte[] json, int end, int start, List<ByteBuffer> buffers) {
        var channel = "shell";
        @Nullable ByteBuffer header = null;
        var parent = ByteBuffer.wrap(EMPTY);
        var metadata = ByteBuffer.wrap(EMPTY);
        var content = ByteBuffer.wrap(EMPTY);
        try (var parser = JSON.createParser(ObjectReadContext.empty(), json, start, end - start)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) throw new BadMessage("a message is a JSON object");
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = parser.currentName();
                var value = parser.nextToken();
                switch (name) {
                    case "channel" -> {
                        if (value == JsonToken.VALUE_STRING) channel = parser.getString();
                    }
                    case "header" -> header = object(parser, value, name, json, start);
                    case "parent_header" -> parent = object(parser, value, name, json, start);
                    case "metadata" -> metadata = object(parser, value, name, json, start);
                    case "content" -> content = object(parser, value, name, json, start);
                    case null, default -> parser.skipChildren();
                }
            }
        } catch (JacksonException e) {
            throw new BadMessage("not JSON: " + e.getOriginalMessage());
        }
        if (header == null) throw new BadMessage("a message needs a header");
        var known = ChannelName.of(channel).orElse(null);
        if (known == null) throw new BadMessage("an unknown channel");
        var parts = new Frames();
        for (var part : List.of(header, parent, metadata, content)) add(parts, part);
        for (var buffer : buffers) add(parts, buffer);
        return V1.of(known, parts, 0).bytes();
    }

    private static void add(Frames parts, ByteBuffer part) {
        parts.add(part.array(), part.arrayOffset() + part.position(), part.remaining());
    }

    private static ByteBuffer object(JsonParser parser, JsonToken value, String name, byte[] json, int start) {
        if (value == JsonToken.VALUE_NULL) return ByteBuffer.wrap(EMPTY);
        if (value != JsonToken.START_OBJECT) throw new BadMessage(name + " is a JSON object");
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        int to = (int) parser.currentLocation().getByteOffset();
        return ByteBuffer.wrap(json, start + from, to - from);
    }

    // ---- to the client

    /// A message for a legacy client: text where it has no buffers, else the binary form.
    record Legacy(boolean text, byte[] bytes) {}

    static Legacy toLegacy(byte[] body) {
        var message = V1.read(body);
        int buffers = message.buffers();
        var json = legacyJson(body, message);
        if (buffers == 0) return new Legacy(true, json);
        int table = 4 * (buffers + 2);
        int from = message.end(V1.CONTENT);
        int shift = table + json.length - from;
        var out = ByteBuffer.allocate(table + json.length + body.length - from);
        out.putInt(buffers + 1).putInt(table);
        for (int buffer = 0; buffer < buffers; buffer++) out.putInt(message.start(V1.CONTENT + 1 + buffer) + shift);
        out.put(json).put(body, from, body.length - from);
        return new Legacy(false, out.array());
    }

    private static final byte[] HEADER = ascii("{\"header\":");
    private static final byte[] MSG_ID = ascii(",\"msg_id\":");
    private static final byte[] MSG_TYPE = ascii(",\"msg_type\":");
    private static final byte[] PARENT = ascii(",\"parent_header\":");
    private static final byte[] METADATA = ascii(",\"metadata\":");
    private static final byte[] CONTENT = ascii(",\"content\":");
    private static final byte[] CHANNEL = ascii(",\"channel\":\"");
    private static final byte[] NO_BUFFERS = ascii("\",\"buffers\":[]}");
    private static final byte[] END = ascii("\"}");

    /// One JSON object of the parts as they are; `msg_id` and `msg_type` stand beside the header too, since
    /// jupyter_server's gateway client looks for them there.
    private static byte[] legacyJson(byte[] body, V1 message) {
        var id = new byte[2][];
        idAndType(body, message.start(V1.HEADER), message.end(V1.HEADER), id);
        var tail = message.buffers() == 0 ? NO_BUFFERS : END;
        int length = HEADER.length
                + MSG_ID.length
                + id[0].length
                + MSG_TYPE.length
                + id[1].length
                + PARENT.length
                + METADATA.length
                + CONTENT.length
                + CHANNEL.length
                + tail.length
                + (message.end(V1.CONTENT) - message.start(0));
        var out = ByteBuffer.allocate(length);
        put(out, HEADER, body, message, V1.HEADER);
        out.put(MSG_ID).put(id[0]).put(MSG_TYPE).put(id[1]);
        put(out, PARENT, body, message, V1.PARENT);
        put(out, METADATA, body, message, V1.METADATA);
        put(out, CONTENT, body, message, V1.CONTENT);
        put(out, CHANNEL, body, message, 0);
        return out.put(tail).array();
    }

    private static void put(ByteBuffer out, byte[] name, byte[] body, V1 message, int part) {
        out.put(name).put(body, message.start(part), message.length(part));
    }

    /// The raw JSON tokens of `msg_id` and `msg_type`, quotes and escapes as the kernel wrote them.
    private static void idAndType(byte[] body, int from, int to, byte[][] found) {
        found[0] = found[1] = ascii("\"\"");
        try (var parser = JSON.createParser(ObjectReadContext.empty(), body, from, to - from)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) throw new BadMessage("a header is a JSON object");
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = parser.currentName();
                var value = parser.nextToken();
                int which = name.equals("msg_id") ? 0 : name.equals("msg_type") ? 1 : -1;
                if (which >= 0 && value == JsonToken.VALUE_STRING) {
                    int start = from + (int) parser.currentTokenLocation().getByteOffset();
                    parser.getString();
                    int end = from + (int) parser.currentLocation().getByteOffset();
                    found[which] = java.util.Arrays.copyOfRange(body, start, end);
                } else {
                    parser.skipChildren();
                }
            }
        } catch (JacksonException e) {
            throw new BadMessage("a header that is not JSON: " + e.getOriginalMessage());
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

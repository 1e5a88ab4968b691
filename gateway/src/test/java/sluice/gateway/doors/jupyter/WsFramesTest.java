package sluice.gateway.doors.jupyter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sluice.kernels.wire.BadMessage;
import sluice.kernels.wire.V1;
import tools.jackson.databind.json.JsonMapper;

class WsFramesTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String HEADER =
            "{\"msg_id\": \"a\\u00e9\\\"b\", \"msg_type\" : \"stream\", \"session\":\"s\"}";

    @Test
    void legacyTextBecomesAV1BodyWithItsJsonUntouched() {
        var body = WsFrames.fromLegacy(
                ("{ \"channel\":\"control\", \"content\" : {\"code\":\"print('é 🐍')\", \"n\": [1, {}]},\"buffers\":[],"
                                + "\"header\":" + HEADER + ", \"parent_header\":null,\"extra\":{\"x\":[{}]}}")
                        .getBytes(UTF_8));
        assertThat(part(body, 0)).isEqualTo("control");
        assertThat(part(body, 1)).isEqualTo(HEADER);
        assertThat(part(body, 2)).isEqualTo("{}");
        assertThat(part(body, 3)).isEqualTo("{}");
        assertThat(part(body, 4)).isEqualTo("{\"code\":\"print('é 🐍')\", \"n\": [1, {}]}");
        assertThat(V1.read(body).buffers()).isZero();
    }

    @Test
    void aMessageWithoutAChannelIsForTheShell() {
        assertThat(part(WsFrames.fromLegacy("{\"header\":{}}".getBytes(UTF_8)), 0))
                .isEqualTo("shell");
    }

    @Test
    void legacyBinaryKeepsItsBuffers() {
        var json = ("{\"channel\":\"shell\",\"header\":" + HEADER + ",\"content\":{}}").getBytes(UTF_8);
        var body = WsFrames.fromLegacy(legacyBinary(json, new byte[] {1, 2, 3}, new byte[0], new byte[] {-1}));
        var message = V1.read(body);
        assertThat(message.buffers()).isEqualTo(3);
        assertThat(part(body, 1)).isEqualTo(HEADER);
        assertThat(java.util.Arrays.copyOfRange(body, message.start(5), message.end(5)))
                .containsExactly(1, 2, 3);
        assertThat(message.length(6)).isZero();
        assertThat(body[message.start(7)]).isEqualTo((byte) -1);
    }

    @Test
    void aV1BodyBecomesLegacyTextThatJsonReadersTake() {
        var body = v1("iopub", HEADER, "{\"msg_id\":\"p\"}", "{}", "{\"text\":\"é\"}");
        var legacy = WsFrames.toLegacy(body);
        assertThat(legacy.text()).isTrue();
        var tree = JSON.readTree(legacy.bytes());
        assertThat(tree.path("channel").asString()).isEqualTo("iopub");
        assertThat(tree.path("msg_id").asString()).isEqualTo("aé\"b");
        assertThat(tree.path("msg_type").asString()).isEqualTo("stream");
        assertThat(tree.path("parent_header").path("msg_id").asString()).isEqualTo("p");
        assertThat(tree.path("content").path("text").asString()).isEqualTo("é");
        assertThat(tree.path("buffers").isArray()).isTrue();
    }

    @Test
    void aV1BodyWithBuffersBecomesLegacyBinary() {
        var body = v1("iopub", HEADER, "{}", "{}", "{}", "abc", "", "de");
        var legacy = WsFrames.toLegacy(body);
        assertThat(legacy.text()).isFalse();
        var in = ByteBuffer.wrap(legacy.bytes());
        assertThat(in.getInt()).isEqualTo(4);
        int json = in.getInt();
        int first = in.getInt();
        int second = in.getInt();
        int third = in.getInt();
        assertThat(json).isEqualTo(20);
        assertThat(JSON.readTree(new String(legacy.bytes(), json, first - json, UTF_8))
                        .path("msg_type")
                        .asString())
                .isEqualTo("stream");
        assertThat(new String(legacy.bytes(), first, second - first, UTF_8)).isEqualTo("abc");
        assertThat(third).isEqualTo(second);
        assertThat(new String(legacy.bytes(), third, legacy.bytes().length - third, UTF_8))
                .isEqualTo("de");
    }

    @Test
    void whatIsNoFramingIsRefusedInWords() {
        for (var bad : new String[] {"", "{", "[]", "{\"header\":3}", "{\"content\":{}}", "\0\0\0\1", "{\"header\":{}"})
            assertThatThrownBy(() -> WsFrames.fromLegacy(bad.getBytes(UTF_8)))
                    .as(bad)
                    .isInstanceOf(BadMessage.class);
        for (var bad : new byte[][] {{}, {1}, new byte[8], new byte[64]})
            assertThatThrownBy(() -> WsFrames.fromV1(bad)).isInstanceOf(BadMessage.class);
    }

    @Test
    void randomDamageNeverEscapesAsAnythingButABadMessage() throws Exception {
        var random = new Random(7);
        var json = ("{\"channel\":\"shell\",\"header\":" + HEADER + ",\"content\":{}}").getBytes(UTF_8);
        var good = new byte[][] {
            v1("iopub", HEADER, "{}", "{}", "{}", "abc"), json, legacyBinary(json, new byte[] {1, 2, 3})
        };
        for (int round = 0; round < 30_000; round++) {
            var bytes = good[round % 3].clone();
            for (int hit = random.nextInt(4); hit >= 0; hit--)
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            if (random.nextInt(4) == 0) bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 8));
            try {
                var body = round % 3 == 0 ? WsFrames.fromV1(bytes) : WsFrames.fromLegacy(bytes);
                WsFrames.toLegacy(body);
            } catch (BadMessage expected) {
                assertThat(expected).hasMessageContaining("");
            }
        }
    }

    private static String part(byte[] body, int index) {
        var message = V1.read(body);
        return new String(body, message.start(index), message.length(index), UTF_8);
    }

    private static byte[] v1(String... parts) {
        var out = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        out.putLong(parts.length + 1);
        long offset = 8L * (parts.length + 2);
        out.putLong(offset);
        for (var part : parts) out.putLong(offset += part.getBytes(UTF_8).length);
        for (var part : parts) out.put(part.getBytes(UTF_8));
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] legacyBinary(byte[] json, byte[]... buffers) {
        var out = ByteBuffer.allocate(4096);
        int offset = 4 * (buffers.length + 2);
        out.putInt(buffers.length + 1).putInt(offset);
        offset += json.length;
        var tail = new ByteArrayOutputStream();
        for (var buffer : buffers) {
            out.putInt(offset);
            offset += buffer.length;
            tail.writeBytes(buffer);
        }
        out.put(json).put(tail.toByteArray());
        return java.util.Arrays.copyOf(out.array(), out.position());
    }
}

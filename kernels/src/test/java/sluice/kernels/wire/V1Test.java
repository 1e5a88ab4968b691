package sluice.kernels.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.kernels.zmtp.Frames;

class V1Test {
    private final V1 message = V1.of(
            ChannelName.IOPUB,
            bytes("{\"msg_id\":\"m\",\"msg_type\":\"status\",\"session\":\"s\"}"),
            bytes("{}"),
            bytes("{}"),
            bytes("{\"execution_state\":\"idle\"}"),
            List.of(bytes("ab"), bytes("")));

    @Test
    void theLayoutIsTheSubprotocols() {
        var bytes = message.bytes();
        assertThat(bytes[0]).isEqualTo((byte) 8); // channel, four JSON parts, two buffers and the end
        assertThat(bytes[8]).isEqualTo((byte) 72);
        assertThat(new String(bytes, 72, 5, UTF_8)).isEqualTo("iopub");
        assertThat(bytes).endsWith(bytes("{\"execution_state\":\"idle\"}ab"));
    }

    @Test
    void whatWasWrittenIsReadAgain() {
        var read = V1.read(message.bytes());
        assertThat(read.channel()).contains(ChannelName.IOPUB);
        assertThat(read.header()).isEqualTo(new HeaderFields("m", "status", "s"));
        assertThat(read.parent()).isEqualTo(HeaderFields.NONE);
        assertThat(read.buffers()).isEqualTo(2);
        assertThat(read.length(5)).isEqualTo(2);
        assertThat(HeaderFields.executionState(read.bytes(), read.start(V1.CONTENT), read.end(V1.CONTENT)))
                .isEqualTo("idle");
        var frames = new Frames();
        read.addTo(frames);
        assertThat(V1.of(ChannelName.IOPUB, frames, 0).bytes()).isEqualTo(message.bytes());
        assertThat(read.withoutBuffers().buffers()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\uDFFF", "a\\ud83dA", "\\ud83d\\ud83d", "\\ud83d\\n", "\\\\\\ud800"})
    void halfASurrogatePairIsRefusedFromClients(String id) {
        assertThatThrownBy(() -> withId(bytes(id)).clientHeader())
                .isInstanceOf(BadMessage.class)
                .hasMessageContaining("surrogate");
    }

    @Test
    void halfASurrogatePairInBytesIsRefusedFromClients() {
        var id = new byte[] {'a', (byte) 0xED, (byte) 0xA0, (byte) 0x80};
        assertThatThrownBy(() -> withId(id).clientHeader()).hasMessageContaining("surrogate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"m", "\\ud83d\\ude00", "\\\\ud800", "\\u00e9\\ud7ff\\ue000", "힣\uD83D\uDE00", "\\\""})
    void whateverUtf8CanSayIsTakenFromClients(String id) {
        assertThat(withId(bytes(id)).clientHeader().msgType()).isEqualTo("status");
    }

    private static V1 withId(byte[] id) {
        var header = new ByteArrayOutputStream();
        header.writeBytes(bytes("{\"msg_type\":\"status\",\"msg_id\":\""));
        header.writeBytes(id);
        header.writeBytes(bytes("\"}"));
        var empty = bytes("{}");
        return V1.of(ChannelName.SHELL, header.toByteArray(), empty, empty, empty, List.of());
    }

    @Test
    void aTableThatDoesNotFitIsRefusedAndNothingElseHappens() {
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            var bytes = message.bytes().clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--)
                bytes[random.nextInt(80)] = (byte) random.nextInt();
            try {
                var read = V1.read(bytes);
                for (int part = 0; part < 5 + read.buffers(); part++)
                    assertThat(read.length(part)).isNotNegative();
                read.header();
                read.parent();
            } catch (BadMessage expected) {
                assertThat(expected).hasMessageNotContaining("null");
            }
        }
        assertThatThrownBy(() -> V1.read(new byte[3])).isInstanceOf(BadMessage.class);
        assertThatThrownBy(() -> V1.read(java.util.Arrays.copyOf(message.bytes(), message.bytes().length + 1)))
                .hasMessageContaining("behind its end");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}

package sluice.gateway.doors.jupyter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.V1;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class WaitingRoomTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String KERNEL = "0c0ffee0-0000-4000-8000-000000000000";

    @TempDir
    Path folder;

    private Letters letters;
    private WaitingRoom room;
    private final Client ada = new Client("ada");
    private final Client ben = new Client("ben");
    private final Map<String, List<byte[]>> absent = new LinkedHashMap<>();

    @BeforeEach
    void open() throws IOException {
        letters = Letters.open(folder.resolve("waiting"));
        room = new WaitingRoom(KERNEL, "Waiting for a card", letters);
        room.speaks("python");
    }

    /// Writes down what it is told, one line a message: `starting`, `a: busy`, `a: Waiting for a card`.
    private static final class Client implements Guest {
        private final String session;
        private final List<String> heard = new ArrayList<>();
        private List<byte[]> said = List.of();
        private int left;

        Client(String session) {
            this.session = session;
        }

        @Override
        public String session() {
            return session;
        }

        @Override
        public void hear(byte[] v1) {
            var content = part(v1, V1.CONTENT);
            var parent = part(v1, V1.PARENT).path("msg_id").asString("");
            var what = switch (V1.read(v1).header().msgType()) {
                case "status" -> content.path("execution_state").asString();
                case "display_data" -> content.path("data").path("text/plain").asString();
                case "stream" -> content.path("text").asString().strip();
                case "execute_reply" -> "replied " + content.path("status").asString();
                default -> V1.read(v1).header().msgType();
            };
            heard.add(parent.isEmpty() ? what : parent + ": " + what);
        }

        @Override
        public void goOn(List<byte[]> messages) {
            said = messages;
        }

        @Override
        public void leave(int code, String reason) {
            left = code;
        }

        List<String> news() {
            var news = List.copyOf(heard);
            heard.clear();
            return news;
        }
    }

    private static JsonNode part(byte[] v1, int part) {
        var message = V1.read(v1);
        return JSON.readTree(v1, message.start(part), message.length(part));
    }

    private static byte[] message(String id, String type, Map<String, Object> content) {
        var header = Map.of("msg_id", id, "msg_type", type, "session", "s", "username", "u", "version", "5.3");
        var empty = "{}".getBytes(UTF_8);
        return V1.of(
                        ChannelName.SHELL,
                        JSON.writeValueAsBytes(header),
                        empty,
                        empty,
                        JSON.writeValueAsBytes(content),
                        List.of())
                .bytes();
    }

    private static byte[] cell(String id) {
        return message(id, "execute_request", Map.of("code", id, "silent", false));
    }

    private static List<String> ids(List<byte[]> messages) {
        return messages.stream()
                .map(v1 -> part(v1, V1.HEADER).path("msg_id").asString())
                .toList();
    }

    @Test
    void aGuestHearsThatTheKernelStartsAndThenWhatItAsks() {
        assertThat(room.enter(ada)).isTrue();
        room.received(ada, message("i", "kernel_info_request", Map.of()));
        assertThat(ada.news()).containsExactly("starting", "i: busy", "i: kernel_info_reply", "i: idle");
    }

    @Test
    void theReasonStandsUnderTheFirstCellAndGoesWhenTheKernelRuns() {
        room.enter(ada);
        ada.news();
        room.received(ada, message("hidden", "execute_request", Map.of("code", "1", "silent", true)));
        room.received(ada, cell("a"));
        room.received(ada, cell("b"));
        assertThat(ada.news()).containsExactly("hidden: busy", "a: busy", "a: Waiting for a card", "b: busy");
        room.because("Waiting for a card");
        assertThat(ada.news()).as("nothing new").isEmpty();
        room.because("You are 1st");
        assertThat(ada.news()).containsExactly("a: clear_output", "a: You are 1st");
        room.begin(absent::put);
        assertThat(ada.news()).containsExactly("a: clear_output");
        assertThat(ids(ada.said)).containsExactly("hidden", "a", "b");
        assertThat(absent).isEmpty();
        assertThat(room.enter(ben)).as("the kernel runs").isFalse();
    }

    @Test
    void aClientThatLeftHasNotAskedInVain() {
        room.enter(ada);
        room.received(ada, cell("a"));
        room.leave(ada);
        room.enter(ben);
        room.received(ben, cell("b"));
        room.begin(absent::put);
        assertThat(ids(absent.getOrDefault("ada", List.of()))).containsExactly("a");
        assertThat(ids(ben.said)).containsExactly("b");
    }

    @Test
    void anInterruptTakesCellsBackAndNothingElse() {
        room.enter(ada);
        room.received(ada, message("c", "comm_open", Map.of()));
        room.received(ada, cell("a"));
        room.received(ada, cell("b"));
        ada.news();
        room.interrupt();
        assertThat(ada.news())
                .containsExactly(
                        "a: clear_output",
                        "a: replied aborted",
                        "a: idle",
                        "b: replied aborted",
                        "b: idle",
                        "starting");
        room.received(ada, cell("d"));
        assertThat(ada.news()).as("it is the first one now").contains("d: Waiting for a card");
        room.begin(absent::put);
        assertThat(ids(ada.said)).containsExactly("c", "d");
    }

    @Test
    void whoWaitedForAKernelThatWillNotRunIsToldWhy() {
        room.enter(ada);
        room.received(ada, cell("a"));
        ada.news();
        room.fail("It was shut down");
        assertThat(ada.news())
                .containsExactly("a: clear_output", "a: It was shut down", "a: replied error", "a: idle", "dead");
        assertThat(ada.left).isEqualTo(1000);
        assertThat(letters.kernels()).isEmpty();
    }

    @Test
    void aSecondGatewayHasWhatTheFirstOneWasSent() {
        room.enter(ada);
        room.received(ada, cell("a"));
        room.received(ada, cell("b"));
        // Not closed: the first gateway was killed.
        var second = new WaitingRoom(KERNEL, "Waiting for a card", letters);
        var returned = new Client("ada");
        second.enter(returned);
        assertThat(returned.news()).as("its cells are still to come").containsExactly("starting", "a: busy", "b: busy");
        second.because("You are 1st");
        assertThat(returned.news()).containsExactly("a: clear_output", "a: You are 1st");
        second.begin(absent::put);
        assertThat(ids(returned.said)).containsExactly("a", "b");
        assertThat(letters.kernels()).as("nothing runs twice").isEmpty();
    }

    @Test
    void whatWasTakenBackStaysTakenBack() {
        room.enter(ada);
        room.received(ada, cell("a"));
        room.received(ada, message("c", "comm_open", Map.of()));
        room.interrupt();
        new WaitingRoom(KERNEL, "", letters).begin(absent::put);
        assertThat(ids(absent.getOrDefault("ada", List.of()))).containsExactly("c");
    }

    @Test
    void aFileThatEndsInTheMiddleGivesWhatIsWhole() throws IOException {
        room.enter(ada);
        room.received(ada, cell("a"));
        Files.write(folder.resolve("waiting").resolve(KERNEL), new byte[] {0, 3, 'a'}, StandardOpenOption.APPEND);
        new WaitingRoom(KERNEL, "", letters).begin(absent::put);
        assertThat(ids(absent.getOrDefault("ada", List.of()))).containsExactly("a");
    }

    @Test
    void moreThanTheRoomHoldsIsRefused() {
        room.enter(ada);
        var much = message("m", "comm_open", Map.of("data", "x".repeat(40 << 20)));
        room.received(ada, much);
        assertThat(ada.left).isZero();
        room.received(ada, much);
        assertThat(ada.left).isEqualTo(1009);
        room.received(ada, cell("a"));
        room.begin(absent::put);
        assertThat(ids(ada.said)).containsExactly("m", "a");
    }
}

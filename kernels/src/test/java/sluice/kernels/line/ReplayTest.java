package sluice.kernels.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.kernels.zmtp.ZmtpLoop;

/// A cell prints ten lines, its client goes away after three and returns.
class ReplayTest {
    private static final String TEN_LINES =
            IntStream.range(0, 10).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());

    private final ZmtpLoop loop = new ZmtpLoop("zmtp-test");
    private final KernelLine line = new KernelLine("k", loop, LineLimits.DEFAULT, Clock.systemUTC(), () -> {});
    private final List<TestClient.Seen> before = new ArrayList<>();
    private TestKernel kernel;
    private String request = "";

    @BeforeEach
    void start() throws Exception {
        kernel = TestKernel.noop();
        line.connect(kernel.info, Duration.ofSeconds(30)).get();
    }

    @AfterEach
    void stop() throws Exception {
        line.close();
        loop.close();
        kernel.close();
    }

    @Test
    void theSameSessionAloneMissesNothing() throws Exception {
        leaveAfterThreeLines();
        awaitIdle();
        assertThat(returnAs("s1")).isEqualTo(TEN_LINES);
    }

    @Test
    void theSameSessionMissesNothingWhileAnotherClientStays() throws Exception {
        try (var other = new TestClient(line, "other")) {
            leaveAfterThreeLines();
            var seenByOther = other.takeUntil(seen -> isIdle(seen));
            assertThat(TestClient.text(seenByOther)).isEqualTo(TEN_LINES);
            assertThat(seenByOther).noneMatch(seen -> seen.type().equals("execute_reply"));
            assertThat(returnAs("s1")).isEqualTo(TEN_LINES);
        }
    }

    @Test
    void aNewSessionGetsTheRunningCellFromItsBeginningAndTheReply() throws Exception {
        leaveAfterThreeLines();
        before.clear();
        assertThat(returnAs("s2")).isEqualTo(TEN_LINES);
    }

    @Test
    void aNewSessionGetsACellThatEndedWhileNobodyWasThere() throws Exception {
        leaveAfterThreeLines();
        awaitIdle();
        before.clear();
        assertThat(returnAs("s2")).isEqualTo(TEN_LINES);
    }

    @Test
    void whatADeadConnectionTookIsThereUntilItsClientConfirmsIt() throws Exception {
        var first = new TestClient(line, "s1");
        first.takeAnswerTo(first.execute("lines 3 0"));
        long confirmed = first.last;
        first.confirms = false;
        var taken = first.takeAnswerTo(first.execute("lines 10 0"));
        assertThat(TestClient.text(taken)).isEqualTo(TEN_LINES);
        try (var back = new TestClient(line, "s1", confirmed, false)) {
            assertThat(TestClient.text(back.drain())).isEqualTo(TEN_LINES);
        }
        assertThat(line.kept()).isZero();
    }

    @Test
    void aNewSessionGetsNothingOfACellWhoseOwnerHasItAll() throws Exception {
        try (var owner = new TestClient(line, "s1")) {
            owner.takeAnswerTo(owner.execute("lines 3 0"));
            try (var late = new TestClient(line, "s2")) {
                assertThat(late.channel.poll()).isNull();
                var next = late.execute("lines 1 0");
                assertThat(late.takeAnswerTo(next))
                        .allMatch(seen -> seen.parent().equals(next));
            }
        }
    }

    @Test
    void whatWasNotDeliveredComesAgain() throws Exception {
        try (var first = new TestClient(line, "s1")) {
            request = first.execute("lines 2 0");
            while (!isIdle(first.takeSilently())) Thread.onSpinWait();
        }
        assertThat(returnAs("s1")).isEqualTo("line 0\nline 1\n");
    }

    @Test
    void aClientThatKnowsWhatItHasGetsTheRest() throws Exception {
        try (var first = new TestClient(line, "s1")) {
            request = first.execute("lines 4 0");
            long middle = 0;
            for (var seen = first.takeSilently(); !isIdle(seen); seen = first.takeSilently()) {
                if (seen.content().toString().contains("line 1")) middle = seen.seq();
            }
            try (var again = new TestClient(line, "s1", middle, false)) {
                assertThat(TestClient.text(again.takeAnswerTo(request))).isEqualTo("line 2\nline 3\n");
            }
        }
    }

    @Test
    void theSecondWebsocketOfASessionReplacesTheFirst() throws Exception {
        var first = new TestClient(line, "s1");
        try (var second = new TestClient(line, "s1")) {
            assertThat(first.awaitEnd().code()).isEqualTo("replaced");
            first.close();
            assertThat(line.state().connections()).isEqualTo(1);
            assertThat(TestClient.text(second.takeAnswerTo(second.execute("lines 1 0"))))
                    .isEqualTo("line 0\n");
        }
    }

    private void leaveAfterThreeLines() throws Exception {
        try (var client = new TestClient(line, "s1")) {
            request = client.execute("lines 10 0.5");
            before.addAll(client.takeUntil(seen -> seen.text().equals("line 2\n")));
        }
    }

    private String returnAs(String session) throws Exception {
        try (var client = new TestClient(line, session)) {
            before.addAll(client.takeAnswerTo(request));
        }
        return TestClient.text(before);
    }

    private void awaitIdle() throws Exception {
        try (var watcher = new TestClient(line, "watcher")) {
            watcher.takeUntil(seen -> isIdle(seen));
        }
    }

    private boolean isIdle(TestClient.Seen seen) {
        return seen.type().equals("status")
                && seen.parent().equals(request)
                && seen.content().get("execution_state").stringValue().equals("idle");
    }
}

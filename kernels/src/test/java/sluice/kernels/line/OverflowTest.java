package sluice.kernels.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.kernels.zmtp.ZmtpLoop;

class OverflowTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern NOTE =
            Pattern.compile("\\[sluice] (\\d+) messages \\(.*\\) of output were dropped.*\n");

    private final ZmtpLoop loop = new ZmtpLoop("zmtp-test");

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void aSlowClientLosesOldOutputAndIsToldButNeverAPromise() throws Exception {
        try (var kernel = TestKernel.noop();
                var line = line(512 << 10, Duration.ofSeconds(10));
                var slow = new TestClient(line, "slow");
                var quick = new TestClient(line, "quick")) {
            line.connect(kernel.info, PATIENCE).get();
            var request = slow.execute("blast 5000 1000 display");
            quick.takeUntil(seen -> isIdle(seen, request));

            var seen = slow.takeAnswerTo(request);
            assertThat(seen)
                    .filteredOn(
                            one -> one.type().equals("status") && one.parent().equals(request))
                    .hasSize(2);
            assertThat(seen)
                    .filteredOn(one -> one.type().equals("execute_reply"))
                    .hasSize(1);
            var notes = seen.stream()
                    .filter(one -> NOTE.matcher(one.text()).matches())
                    .toList();
            assertThat(notes).hasSize(1);
            assertThat(notes.getFirst().parent()).isEqualTo(request);
            var note = NOTE.matcher(notes.getFirst().text());
            assertThat(note.matches()).isTrue();
            assertThat(displays(seen) + Long.parseLong(note.group(1))).isEqualTo(5000);
        }
    }

    @Test
    void whereMoreWasOnItsWayThanIsKeptTheClientIsTold() throws Exception {
        try (var kernel = TestKernel.noop();
                var line = line(512 << 10, Duration.ofSeconds(10))) {
            line.connect(kernel.info, PATIENCE).get();
            var first = new TestClient(line, "s1");
            first.takeAnswerTo(first.execute("lines 1 0"));
            long confirmed = first.last;
            first.confirms = false;
            var request = first.execute("blast 300 1000 display");
            assertThat(displays(first.takeAnswerTo(request))).isEqualTo(300);
            assertThat(line.kept()).isLessThan(512 << 10 >> 2);
            try (var back = new TestClient(line, "s1", confirmed, false)) {
                var seen = back.drain();
                assertThat(seen.getFirst().text()).contains("[sluice] some output may be missing");
                assertThat(seen).filteredOn(one -> one.type().equals("stream")).hasSize(1);
            }
        }
    }

    @Test
    void anAbsentClientHearsOfWhatItMissedOnlyOnce() throws Exception {
        try (var kernel = TestKernel.noop();
                var line = line(512 << 10, Duration.ofSeconds(10));
                var other = new TestClient(line, "other")) {
            line.connect(kernel.info, PATIENCE).get();
            String request;
            try (var leaving = new TestClient(line, "s1")) {
                request = leaving.execute("blast 3000 1000 display");
            }
            other.takeUntil(seen -> isIdle(seen, request));
            try (var again = new TestClient(line, "s1")) {
                var seen = again.takeAnswerTo(request);
                assertThat(seen)
                        .filteredOn(one -> NOTE.matcher(one.text()).matches())
                        .hasSize(1);
            }
            try (var again = new TestClient(line, "s1")) {
                assertThat(again.channel.poll()).isNull();
            }
        }
    }

    @Test
    void waitingPrintsReachASlowClientTogether() throws Exception {
        try (var kernel = TestKernel.noop();
                var line = line(16 << 20, Duration.ofSeconds(10));
                var slow = new TestClient(line, "slow");
                var quick = new TestClient(line, "quick")) {
            line.connect(kernel.info, PATIENCE).get();
            var request = slow.execute("lines 3000 0");
            quick.takeUntil(seen -> isIdle(seen, request));
            var seen = slow.takeAnswerTo(request);
            assertThat(TestClient.text(seen))
                    .isEqualTo(IntStream.range(0, 3000)
                            .mapToObj(i -> "line " + i + "\n")
                            .collect(Collectors.joining()));
            assertThat(seen).hasSizeLessThan(300);
        }
    }

    @Test
    void printsThatOutgrowTheRingReachWhoeverWasAwayOnceAndInOrder() throws Exception {
        try (var kernel = TestKernel.noop();
                var line = line(4 << 20, Duration.ofSeconds(10));
                var slow = new TestClient(line, "slow");
                var quick = new TestClient(line, "quick")) {
            line.connect(kernel.info, PATIENCE).get();
            String request;
            var early = new ArrayList<TestClient.Seen>();
            try (var leaving = new TestClient(line, "away")) {
                request = leaving.execute("lines 50000 0");
                early.addAll(leaving.takeUntil(seen -> seen.text().endsWith("line 9\n")));
            }
            var begun = slow.takeUntil(seen -> seen.text().endsWith("line 99\n"));
            quick.takeUntil(seen -> isIdle(seen, request));

            var expected =
                    IntStream.range(0, 50_000).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
            assertThat(TestClient.text(begun) + TestClient.text(slow.takeUntil(seen -> isIdle(seen, request))))
                    .isEqualTo(expected);
            try (var again = new TestClient(line, "away")) {
                assertThat(TestClient.text(early) + TestClient.text(again.takeAnswerTo(request)))
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void aStalledClientHoldsTheKernelBackOnlyForAWhile() throws Exception {
        try (var kernel = TestKernel.noop();
                var line = line(4 << 20, Duration.ofMillis(300));
                var stalled = new TestClient(line, "stalled");
                var quick = new TestClient(line, "quick")) {
            line.connect(kernel.info, PATIENCE).get();
            var request = quick.execute("blast 40 1000000 buffer");
            assertThat(quick.takeUntil(seen -> isIdle(seen, request)))
                    .filteredOn(seen -> seen.type().equals("comm_msg"))
                    .hasSize(40);
            var late = stalled.takeUntil(seen -> isIdle(seen, request));
            assertThat(late).anyMatch(one -> NOTE.matcher(one.text()).matches());
        }
    }

    private KernelLine line(long ringBytes, Duration stallAfter) {
        var limits = new LineLimits(ringBytes, Duration.ofHours(1), stallAfter, 64 << 10);
        return new KernelLine("k", loop, limits, Clock.systemUTC(), () -> {});
    }

    private static long displays(Iterable<TestClient.Seen> seen) {
        long count = 0;
        for (var one : seen) if (one.type().equals("display_data")) count++;
        return count;
    }

    private static boolean isIdle(TestClient.Seen seen, String request) {
        return seen.type().equals("status")
                && seen.parent().equals(request)
                && seen.content().get("execution_state").stringValue().equals("idle");
    }
}

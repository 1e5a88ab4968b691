package sluice.kernels.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.zmtp.ZmtpLoop;

class KernelLineTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ZmtpLoop loop = new ZmtpLoop("zmtp-test");
    private final CountDownLatch lost = new CountDownLatch(1);
    private final KernelLine line = new KernelLine("k", loop, LineLimits.DEFAULT, Clock.systemUTC(), lost::countDown);

    @AfterEach
    void close() {
        line.close();
        loop.close();
    }

    @Test
    void aCellRunsInIpykernelAndTheStateFollows() throws Exception {
        try (var kernel = TestKernel.ipykernel()) {
            assertThat(line.state().executionState()).isEqualTo("starting");
            line.connect(kernel.info, PATIENCE).get();
            assertThat(line.state().executionState()).isEqualTo("idle");

            try (var client = new TestClient(line, "s1")) {
                var request = client.execute("print('hello', 6 * 7)");
                var seen = client.takeAnswerTo(request);
                assertThat(TestClient.text(seen)).isEqualTo("hello 42\n");
                assertThat(seen).extracting(TestClient.Seen::type).contains("execute_input", "execute_reply");
                assertThat(seen).allMatch(one -> one.parent().equals(request));
                assertThat(line.state().connections()).isEqualTo(1);
            }
            assertThat(line.state().connections()).isZero();
        }
    }

    @Test
    void whatIsSentBeforeTheKernelIsThereIsAnsweredLater() throws Exception {
        try (var kernel = TestKernel.noop();
                var client = new TestClient(line, "s1")) {
            var request = client.execute("lines 3 0");
            line.connect(kernel.info, PATIENCE).get();
            assertThat(TestClient.text(client.takeAnswerTo(request))).isEqualTo("line 0\nline 1\nline 2\n");
        }
    }

    @Test
    void aKilledKernelIsNoticed() throws Exception {
        try (var kernel = TestKernel.noop()) {
            line.connect(kernel.info, PATIENCE).get();
            kernel.kill();
            assertThat(lost.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aQuestionOnStdinGoesToWhoeverRanTheCell() throws Exception {
        try (var kernel = TestKernel.ipykernel();
                var asker = new TestClient(line, "s1");
                var other = new TestClient(line, "s2")) {
            line.connect(kernel.info, PATIENCE).get();
            var request = asker.execute("print(input('name? ').upper())");
            var question =
                    asker.takeUntil(seen -> seen.type().equals("input_request")).getLast();
            assertThat(question.channel()).isEqualTo("stdin");
            asker.send(ChannelName.STDIN, "input_reply", Map.of("value", "ada"));
            assertThat(TestClient.text(asker.takeAnswerTo(request))).isEqualTo("ADA\n");
            assertThat(other.takeUntil(seen -> seen.text().equals("ADA\n")))
                    .noneMatch(seen -> seen.type().equals("input_request"));
        }
    }

    @Test
    void buffersTravelBothWays() throws Exception {
        try (var kernel = TestKernel.noop();
                var client = new TestClient(line, "s1");
                var plain = new TestClient(line, "s2", null, true)) {
            line.connect(kernel.info, PATIENCE).get();
            var big = new byte[3 << 20];
            big[big.length - 1] = 7;
            client.send(
                    ChannelName.SHELL, "comm_msg", Map.of("comm_id", "b", "data", Map.of()), new byte[] {1, 2}, big);
            var echo = client.takeUntil(seen -> seen.type().equals("comm_msg")).getLast();
            assertThat(echo.message().buffers()).isEqualTo(2);
            assertThat(echo.message().length(5)).isEqualTo(2);
            assertThat(echo.message().length(6)).isEqualTo(big.length);
            assertThat(echo.message().bytes()).endsWith((byte) 7);

            var without = plain.takeUntil(seen -> seen.type().equals("comm_msg"));
            assertThat(without.getLast().message().buffers()).isZero();
            assertThat(TestClient.text(without)).contains("binary buffers were left out");
        }
    }

    @Test
    void aMessageWithAForgedSignatureIsDropped() throws Exception {
        try (var kernel = TestKernel.noop();
                var client = new TestClient(line, "s1")) {
            line.connect(kernel.info, PATIENCE).get();
            assertThat(TestClient.text(client.takeAnswerTo(client.execute("forge"))))
                    .isEqualTo("genuine");
        }
    }

    @Test
    void nonsenseFromAClientIsIgnored() throws Exception {
        try (var kernel = TestKernel.noop();
                var client = new TestClient(line, "s1")) {
            line.connect(kernel.info, PATIENCE).get();
            var random = new Random(7);
            for (int i = 0; i < 500; i++) {
                var bytes = new byte[random.nextInt(200)];
                random.nextBytes(bytes);
                client.channel.received(bytes);
            }
            assertThat(TestClient.text(client.takeAnswerTo(client.execute("lines 1 0"))))
                    .isEqualTo("line 0\n");
        }
    }

    @Test
    void twentyThousandSmallMessagesAllArriveInOrder() throws Exception {
        try (var kernel = TestKernel.noop();
                var client = new TestClient(line, "s1")) {
            line.connect(kernel.info, PATIENCE).get();
            var seen = client.takeAnswerTo(client.execute("blast 20000 100 display"));
            assertThat(seen.stream().filter(one -> one.type().equals("display_data")))
                    .hasSize(20000);
            assertThat(seen).isSortedAccordingTo(Comparator.comparingLong(TestClient.Seen::seq));
        }
    }

    @Test
    void largeMessagesHoldTheKernelBackInsteadOfBeingDropped() throws Exception {
        try (var kernel = TestKernel.noop();
                var client = new TestClient(line, "s1")) {
            line.connect(kernel.info, PATIENCE).get();
            client.execute("blast 20 10000000 buffer");
            for (int buffers = 0; buffers < 20; ) {
                var seen = client.take();
                buffers += seen.message().buffers();
                assertThat(seen.text()).isEmpty();
            }
        }
    }
}

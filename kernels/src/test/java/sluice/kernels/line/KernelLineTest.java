package sluice.kernels.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
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
}

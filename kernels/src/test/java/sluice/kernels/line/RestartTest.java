package sluice.kernels.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.kernels.zmtp.ZmtpLoop;

class RestartTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ZmtpLoop loop = new ZmtpLoop("zmtp-test");
    private final Semaphore lost = new Semaphore(0);
    private final KernelLine line = new KernelLine("k", loop, LineLimits.DEFAULT, Clock.systemUTC(), lost::release);
    private TestKernel kernel;

    @BeforeEach
    void start() throws Exception {
        kernel = TestKernel.noop();
        line.connect(kernel.info, PATIENCE).get();
    }

    @AfterEach
    void stop() throws Exception {
        line.close();
        loop.close();
        kernel.close();
    }

    @Test
    void aCellWhoseKernelDiesIsAnsweredAndTheNextOneRuns() throws Exception {
        try (var client = new TestClient(line, "s1")) {
            var request = client.execute("die");
            assertThat(lost.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            line.restarting("it was killed: out of memory");
            assertThat(line.state().executionState()).isEqualTo("restarting");

            var seen = client.takeAnswerTo(request);
            var reply = seen.stream()
                    .filter(one -> one.type().equals("execute_reply"))
                    .findFirst()
                    .orElseThrow();
            assertThat(reply.content().get("ename").stringValue()).isEqualTo("DeadKernelError");
            assertThat(reply.content().get("evalue").stringValue()).isEqualTo("it was killed: out of memory");
            var restarting = client.take();
            assertThat(restarting.content().get("execution_state").stringValue())
                    .isEqualTo("restarting");
            assertThat(restarting.parent()).isEmpty();

            var early = client.execute("lines 1 0");
            line.starting();
            kernel.again();
            line.connect(kernel.info, PATIENCE).get();
            assertThat(TestClient.text(client.takeAnswerTo(early))).isEqualTo("line 0\n");
            assertThat(lost.availablePermits()).isZero();
        }
    }

    @Test
    void aKernelThatDiesForGoodEndsItsChannels() throws Exception {
        try (var client = new TestClient(line, "s1")) {
            client.execute("die");
            assertThat(lost.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            line.died("exit code 3");
            var seen = client.takeUntil(one -> one.content().toString().contains("dead"));
            assertThat(seen).anyMatch(one -> one.type().equals("execute_reply"));
            assertThat(client.awaitEnd().code()).isEqualTo("dead");
            assertThat(client.awaitEnd().reason()).isEqualTo("exit code 3");
            assertThat(line.state().executionState()).isEqualTo("dead");
        }
    }

    @Test
    void aDeletedKernelSaysDeadAndEndsItsChannels() throws Exception {
        try (var client = new TestClient(line, "s1")) {
            line.deleted();
            client.takeUntil(one -> one.content().toString().contains("dead"));
            assertThat(client.awaitEnd().code()).isEqualTo("gone");
        }
    }

    @Test
    void aShutdownIsAnswered() throws Exception {
        try (var client = new TestClient(line, "s1")) {
            line.requestShutdown(false).get(10, TimeUnit.SECONDS);
            assertThat(kernel.exited(PATIENCE)).isTrue();
            assertThat(lost.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            assertThat(client.drain())
                    .anyMatch(seen -> seen.content().toString().contains("idle"));
        }
    }

    @Test
    void aKernelThatNeverComesIsReportedInTime() throws Exception {
        var other = kernel.info.withHost(kernel.info.host() + "-nowhere");
        var nothing = line.connect(other, Duration.ofMillis(200));
        assertThatThrownBy(() -> nothing.get(10, TimeUnit.SECONDS))
                .hasMessageContaining("Cannot talk to kernel k")
                .hasMessageContaining("socket failed");
    }

    @Test
    void anotherNodeAdoptsABusyKernelAndGetsTheReply() throws Exception {
        String request;
        try (var client = new TestClient(line, "s1")) {
            request = client.execute("lines 10 1");
            client.takeUntil(seen -> seen.text().equals("line 1\n"));
        }
        line.close();
        try (var next = new KernelLine("k", loop, LineLimits.DEFAULT, Clock.systemUTC(), () -> {});
                var client = new TestClient(next, "s1")) {
            next.adopt(kernel.info, PATIENCE).get();
            assertThat(next.state().executionState()).isEqualTo("busy");
            var seen = client.takeUntil(one -> one.type().equals("execute_reply"));
            assertThat(seen.getLast().parent()).isEqualTo(request);
            client.takeUntil(one -> one.content().toString().contains("idle"));
            assertThat(next.state().executionState()).isEqualTo("idle");
        }
    }

    @Test
    void nothingIsKeptOfADeletedKernelOnceItsClientsHaveHeard() throws Exception {
        // For one who is away everything is kept.
        new TestClient(line, "away").close();
        try (var client = new TestClient(line, "s1")) {
            client.execute("lines 100 0");
            client.takeUntil(seen -> seen.type().equals("execute_reply"));
            assertThat(line.kept()).isPositive();
            line.deleted();
            client.takeUntil(seen -> seen.content().toString().contains("dead"));
        }
        assertThat(line.kept()).isZero();
    }

    @Test
    void whoKnewAnEarlierNodeMissesNothingOfTheNext() throws Exception {
        long last;
        try (var client = new TestClient(line, "s1")) {
            line.note("before\n");
            last = client.take().seq();
        }
        line.close();
        // Somebody set the clock back meanwhile.
        var earlier = Clock.offset(Clock.systemUTC(), Duration.ofDays(-1));
        try (var next = new KernelLine("k", loop, LineLimits.DEFAULT, earlier, () -> {})) {
            next.adopt(kernel.info, PATIENCE).get();
            next.note("after\n");
            try (var client = new TestClient(next, "s1", last, false)) {
                var seen = client.takeUntil(one -> one.type().equals("stream"));
                assertThat(seen.getLast().text()).isEqualTo("after\n");
            }
        }
    }

    @Test
    void aRemarkReachesEverybody() throws Exception {
        try (var client = new TestClient(line, "s1");
                var other = new TestClient(line, "s2")) {
            line.note("[sluice] idle for long\n");
            assertThat(client.take().text()).isEqualTo("[sluice] idle for long\n");
            assertThat(other.take().text()).isEqualTo("[sluice] idle for long\n");
        }
    }
}

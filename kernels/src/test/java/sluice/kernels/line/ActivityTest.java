package sluice.kernels.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ActivityTest {
    private static final Instant NOW = Instant.EPOCH;

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 3);
    private final Activity activity = new Activity(NOW, nanos::get);

    @Test
    void timeIsBusyWhileACellRunsAndAddsUp() {
        activity.become("idle", NOW);
        passes(Duration.ofHours(1));
        assertThat(activity.busy()).isZero();
        status("execute_request", "busy");
        passes(Duration.ofSeconds(5));
        assertThat(activity.busy()).hasSeconds(5);
        status("execute_request", "busy");
        passes(Duration.ofSeconds(2));
        status("execute_request", "idle");
        passes(Duration.ofMinutes(1));
        assertThat(activity.busy()).hasSeconds(7);
        status("complete_request", "busy");
        passes(Duration.ofSeconds(1));
        status("complete_request", "idle");
        assertThat(activity.busy()).hasSeconds(8);
    }

    @Test
    void whatNoUserAskedForIsNotWork() {
        activity.become("idle", NOW);
        status("kernel_info_request", "busy");
        passes(Duration.ofSeconds(5));
        status("kernel_info_request", "idle");
        assertThat(activity.busy()).isZero();
    }

    @Test
    void aKernelThatDiesInACellIsBusyNoLonger() {
        status("execute_request", "busy");
        passes(Duration.ofSeconds(3));
        activity.become("restarting", NOW);
        passes(Duration.ofSeconds(3));
        activity.become("idle", NOW);
        assertThat(activity.busy()).hasSeconds(3);
    }

    @Test
    void aKernelFoundAtWorkIsBusyUntilItAnswers() {
        activity.presumeBusy(NOW);
        passes(Duration.ofSeconds(4));
        activity.answers();
        passes(Duration.ofSeconds(4));
        assertThat(activity.state()).isEqualTo("idle");
        assertThat(activity.busy()).hasSeconds(4);
    }

    private void status(String parent, String state) {
        activity.saw("status", parent, state, NOW);
    }

    private void passes(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}

package sluice.kernels.line;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.LongSupplier;

/// `execution_state` and `last_activity` by jupyter_server's rules, so that cullers and pollers read what they expect:
/// a status counts when its parent is a request that works for the user. And for how long it was busy, all in all.
final class Activity {
    private static final Set<String> UNTRACKED = Set.of(
            "comm_info_request",
            "comm_info_reply",
            "kernel_info_request",
            "kernel_info_reply",
            "shutdown_request",
            "shutdown_reply",
            "interrupt_request",
            "interrupt_reply",
            "debug_request",
            "debug_reply",
            "stream",
            "display_data",
            "update_display_data",
            "execute_input",
            "execute_result",
            "error",
            "status",
            "clear_output",
            "debug_event",
            "input_request",
            "input_reply");

    private final LongSupplier nanos;
    private String state = "starting";
    private Instant last;
    private boolean presumed;
    private long busySince;
    private Duration busyBefore = Duration.ZERO;

    /// @param nanos a clock that nobody sets, [System#nanoTime]
    Activity(Instant now, LongSupplier nanos) {
        this.nanos = nanos;
        last = now;
    }

    String state() {
        return state;
    }

    Instant last() {
        return last;
    }

    /// How long it has been busy since this node knows it.
    Duration busy() {
        return busyBefore.plusNanos(isBusy() ? nanos.getAsLong() - busySince : 0);
    }

    private boolean isBusy() {
        return state.equals("busy");
    }

    private void enter(String next) {
        busyBefore = busy();
        busySince = nanos.getAsLong();
        state = next;
    }

    void become(String state, Instant now) {
        enter(state);
        last = now;
        presumed = false;
    }

    /// A kernel that is found at work may be busy: nobody knows until it answers.
    void presumeBusy(Instant now) {
        become("busy", now);
        presumed = true;
    }

    void answers() {
        if (presumed) enter("idle");
        presumed = false;
    }

    /// @param executionState of a status message, else ""
    void saw(String msgType, String parentType, String executionState, Instant now) {
        boolean tracked = !UNTRACKED.contains(parentType);
        if (tracked || !UNTRACKED.contains(msgType) || isBusy()) last = now;
        if (executionState.isEmpty()) return;
        if (tracked) {
            enter(executionState);
            presumed = false;
        }
        if (!tracked && state.equals("starting")) enter("idle");
    }
}

package sluice.kernels.line;

import java.time.Instant;
import java.util.Set;

/// `execution_state` and `last_activity` by jupyter_server's rules, so that cullers and pollers read what they expect:
/// a status counts when its parent is a request that works for the user.
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

    private String state = "starting";
    private Instant last;
    private boolean presumed;

    Activity(Instant now) {
        last = now;
    }

    String state() {
        return state;
    }

    Instant last() {
        return last;
    }

    void become(String state, Instant now) {
        this.state = state;
        last = now;
        presumed = false;
    }

    /// A kernel that is found at work may be busy: nobody knows until it answers.
    void presumeBusy(Instant now) {
        become("busy", now);
        presumed = true;
    }

    void answers() {
        if (presumed) state = "idle";
        presumed = false;
    }

    /// @param executionState of a status message, else ""
    void saw(String msgType, String parentType, String executionState, Instant now) {
        boolean tracked = !UNTRACKED.contains(parentType);
        if (tracked || !UNTRACKED.contains(msgType) || state.equals("busy")) last = now;
        if (executionState.isEmpty()) return;
        if (tracked) {
            state = executionState;
            presumed = false;
        }
        if (!tracked && state.equals("starting")) state = "idle";
    }
}

package sluice.kernels.line;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Who asked what, so that an answer finds its way and nobody waits for one that cannot come.
final class Requests {
    private static final int MOST_ASKED = 10_000;
    private static final int MOST_EXECUTIONS = 4_096;

    /// Session by msg_id, until the reply.
    private final Map<String, String> askers = new LinkedHashMap<>();

    private final Map<String, Execution> executions = new LinkedHashMap<>();

    void asked(String msgId, String session) {
        askers.put(msgId, session);
        if (askers.size() > MOST_ASKED) askers.remove(askers.keySet().iterator().next());
    }

    Optional<String> asker(String msgId) {
        return Optional.ofNullable(askers.get(msgId));
    }

    void answered(String msgId) {
        askers.remove(msgId);
    }

    void begins(Execution execution) {
        if (executions.putIfAbsent(execution.msgId, execution) != null) return;
        if (executions.size() > MOST_EXECUTIONS)
            close(executions.values().iterator().next());
    }

    @Nullable
    Execution execution(String msgId) {
        return executions.get(msgId);
    }

    Collection<Execution> executions() {
        return executions.values();
    }

    /// Those that nobody has answered.
    List<Execution> pending() {
        return executions.values().stream()
                .filter(execution -> execution.reply == 0)
                .toList();
    }

    /// Ends the executions whose owner now has everything up to `cursor`.
    void delivered(String owner, long cursor) {
        for (var execution : new ArrayList<>(executions.values())) {
            if (execution.owner.equals(owner) && execution.finished() && execution.end() <= cursor) close(execution);
        }
    }

    void close(Execution execution) {
        execution.open = false;
        executions.remove(execution.msgId);
    }

    /// The last message that no execution needs for clients to come.
    long unneeded() {
        long through = Long.MAX_VALUE;
        for (var execution : executions.values()) through = Math.min(through, execution.start - 1);
        return through;
    }

    /// Whoever was asked before, the process that would answer is gone.
    void forgetAskers() {
        askers.clear();
    }
}

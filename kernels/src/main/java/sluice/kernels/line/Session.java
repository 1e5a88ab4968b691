package sluice.kernels.line;

import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one client session has had, whether it is attached or away.
final class Session {
    final String id;

    /// Everything up to here was delivered: its socket took it.
    long cursor;

    /// Everything up to here it has for certain.
    long confirmed;

    /// Before this the session was not there, and sees only the executions it found running.
    final long joined;

    /// What its socket took is gone up to here, though it may not have it.
    private long unsure;

    @Nullable
    LineChannel channel;

    /// When it last took something, or had taken everything.
    long progress;

    long left;

    final ArrayDeque<Gap> gaps = new ArrayDeque<>();

    /// The executions it found running, and whether it found them without their owner.
    private final Map<Execution, Boolean> adopted = new IdentityHashMap<>();

    Session(String id, long cursor, long joined) {
        this.id = id;
        this.cursor = cursor;
        this.confirmed = cursor;
        this.joined = joined;
    }

    void adopt(Execution execution, boolean ownerAway) {
        adopted.put(execution, ownerAway);
        if (execution.gap.count > 0) gaps.add(execution.gap.copy());
    }

    boolean sees(Entry entry) {
        var to = entry.to;
        var execution = entry.execution;
        var ownerAway = execution == null ? null : adopted.get(execution);
        if (entry.seq <= joined && ownerAway == null) return false;
        if (to == null) return true;
        // Whoever was asked and answered elsewhere must not be asked again.
        if (entry.answered) return false;
        return to.equals(id) || ownerAway != null && (ownerAway || entry.orphan);
    }

    /// What the session has not had of an entry that it sees.
    /// @param position up to which it has had everything
    Entry unseen(Entry entry, long position) {
        return entry.after(adopted.containsKey(entry.execution) ? position : Math.max(position, joined));
    }

    /// Notes that the ring has nothing any more up to a number.
    void gone(long through) {
        long taken = Math.min(through, cursor);
        if (taken > confirmed) unsure = Math.max(unsure, taken);
    }

    /// It came back, and has less than was taken for it.
    void sayIfUnsure() {
        if (cursor < unsure) gaps.add(Gap.onTheWay(cursor + 1));
    }

    /// Notes that an entry is gone for this session.
    void missed(Entry entry) {
        var at = channel;
        long position = at == null ? cursor : at.position();
        if (entry.seq <= position || !sees(entry)) return;
        var last = gaps.peekLast();
        if (last == null || at != null && last.first <= position) {
            last = new Gap();
            gaps.add(last);
        }
        last.add(unseen(entry, position));
    }

    void delivered(long seq, long now) {
        if (seq <= cursor) return;
        cursor = seq;
        progress = now;
        for (var gap = gaps.peek(); gap != null && gap.first <= seq; gap = gaps.peek()) gaps.remove();
        adopted.keySet().removeIf(execution -> !execution.open && execution.end() <= seq);
    }
}

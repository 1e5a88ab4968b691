package sluice.kernels.line;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import sluice.kernels.wire.Synthetic;
import sluice.kernels.wire.V1;

/// The ring and who has read how far in it. Guarded by the line's lock.
final class Backlog {
    /// A kernel sends messages of this size slowly enough that its own queue can hold some of them back. Of small
    /// ones a PUB socket drops whatever exceeds a thousand, so those must always be read.
    private static final long LARGE = 64 << 10;

    private static final long UNKNOWN = -1;
    private static final int MOST_SESSIONS = 256;
    private static final int BATCH = 64;
    private static final int BATCH_BEHIND = 1024;
    private static final int BEHIND = 256;
    private static final int BATCH_BYTES = 256 << 10;

    /// Merging looks at the whole of what came since, so it waits for this part of the ring. The same part is the most
    /// that one merged entry holds, or a small ring would have to drop too much at once.
    private static final int MERGE_EVERY = 16;

    /// What went into a client's socket has most likely arrived: until the client confirms it, this part of the ring
    /// at most is kept of it.
    private static final int SENT = 8;

    /// While more comes, less: messages that die young cost the collector nothing.
    private static final long SENT_OF_A_STREAM = 256 << 10;

    /// ipykernel prints a few thousand messages a second: this is far from the thousand its socket keeps.
    static final long PAUSE_AT_MOST = 60_000_000;

    /// Between two brief pauses the kernel's queue is emptied: it is read for so long, or so many messages.
    private static final long READ_AT_LEAST = 20_000_000;

    private static final int QUEUE_OF_A_PUB = 1_500;

    private final LineLimits limits;
    private final int mergeBytes;
    private final Requests requests;
    private final Synthetic synthetic;
    private final Ring ring = new Ring();
    private final Map<String, Session> sessions = new LinkedHashMap<>();
    private final long base;
    private long last;

    /// The last one when the ring was last looked at.
    private long settled;

    private boolean awaitsReturn;
    private long returnUntil;
    private boolean paused;
    private boolean brief;
    private long pausedAt;
    private long resumedAt;
    private long resumedWith;

    /// @param base greater than any number an earlier life of this node can have given
    Backlog(LineLimits limits, Requests requests, Synthetic synthetic, long base) {
        this.limits = limits;
        this.mergeBytes = (int) Math.min(limits.streamMergeBytes(), limits.ringBytes() / MERGE_EVERY);
        this.requests = requests;
        this.synthetic = synthetic;
        this.base = base;
        this.last = base;
    }

    /// Clients of an earlier life of this node may come back, and want everything from now on.
    void awaitReturn(long now) {
        awaitsReturn = true;
        returnUntil = now + limits.ringAge().toNanos();
    }

    long next() {
        return last + 1;
    }

    Collection<Session> sessions() {
        return sessions.values();
    }

    @Nullable
    Session session(String id) {
        return sessions.get(id);
    }

    boolean attached(String id) {
        var session = sessions.get(id);
        return session != null && session.channel != null;
    }

    Entry append(
            V1 message, String msgType, String parentId, @Nullable Execution execution, @Nullable String to, long now) {
        boolean orphan = to != null && !attached(to);
        var entry = new Entry(++last, message.bytes(), msgType, parentId, execution, to, orphan, now);
        ring.append(entry);
        return entry;
    }

    /// The session's state, made if it is not known.
    /// @param after what the client says it has, where it says so
    Session arrive(String id, @Nullable Long after, long now) {
        // A number of an earlier life of this node: whoever has that has nothing of what is here.
        long has = after == null || after > last ? UNKNOWN : Math.max(after, base);
        var session = sessions.get(id);
        if (session == null) {
            session = has == UNKNOWN ? newcomer(id) : new Session(id, has, base);
            forgetOldest();
            sessions.put(id, session);
        } else if (has != UNKNOWN) {
            session.cursor = has;
            session.confirmed = has;
            session.sayIfUnsure();
        }
        session.progress = now;
        return session;
    }

    /// Sees what is running from its beginning, and of the past nothing else.
    private Session newcomer(String id) {
        long from = last;
        for (var execution : requests.executions()) from = Math.min(from, execution.start - 1);
        var session = new Session(id, from, last);
        for (var execution : requests.executions()) session.adopt(execution, !attached(execution.owner));
        return session;
    }

    private void forgetOldest() {
        for (Iterator<Session> all = sessions.values().iterator();
                sessions.size() >= MOST_SESSIONS && all.hasNext(); ) {
            if (all.next().channel == null) all.remove();
        }
    }

    /// Takes the channel's next messages; leaves it hungry when there are none.
    void fill(LineChannel channel, ArrayDeque<Entry> into) {
        if (channel.replaced()) return;
        int index = ring.after(channel.position());
        int most = ring.size() - index > BEHIND ? BATCH_BEHIND : BATCH;
        long room = BATCH_BYTES;
        while (index < ring.size() && into.size() < most && room > 0) {
            var entry = ring.get(index++);
            sayGaps(channel, entry.seq, into);
            if (channel.session().sees(entry)) {
                var unseen = channel.session().unseen(entry, channel.position());
                into.add(unseen);
                channel.gave(entry.seq);
                room -= unseen.cost();
            }
            channel.moveTo(entry.seq);
        }
        if (into.isEmpty()) sayGaps(channel, Long.MAX_VALUE, into);
        channel.hungry(into.isEmpty());
    }

    boolean hasMore(LineChannel channel) {
        for (int i = ring.after(channel.position()); i < ring.size(); i++) {
            if (channel.session().sees(ring.get(i))) return true;
        }
        return false;
    }

    private void sayGaps(LineChannel channel, long before, ArrayDeque<Entry> into) {
        for (var gap : channel.session().gaps) {
            if (gap.first <= channel.position() || gap.first >= before) continue;
            var note = synthetic.stderr(gap.words(), gap.parent).bytes();
            into.add(new Entry(gap.first, note, "note", "", null, null, false, 0));
            channel.moveTo(gap.first);
            channel.gave(gap.first);
        }
    }

    boolean behind(LineChannel channel) {
        return ring.size() - ring.after(channel.session().cursor) > BEHIND;
    }

    /// Wakes the channels that have something to take.
    void wake(long from, Consumer<LineChannel> wake) {
        for (var session : sessions.values()) {
            var channel = session.channel;
            if (channel == null || !channel.hungry()) continue;
            for (int i = ring.after(from - 1); i < ring.size(); i++) {
                if (!session.sees(ring.get(i))) continue;
                channel.hungry(false);
                wake.accept(channel);
                break;
            }
        }
    }

    /// Those who have taken all there was cannot have stalled on what comes now.
    void beforeAppend(long now) {
        for (var session : sessions.values()) {
            var channel = session.channel;
            if (channel == null || session.cursor < channel.given()) continue;
            if (channel.hungry() || ring.after(channel.position()) == ring.size()) session.progress = now;
        }
    }

    void delivered(LineChannel channel, long seq, long confirmed, long now) {
        var session = channel.session();
        if (session.channel != channel) return;
        session.delivered(Math.min(seq, channel.position()), now);
        session.confirmed = Math.max(session.confirmed, Math.min(confirmed, session.cursor));
        requests.delivered(session.id, session.cursor);
    }

    /// Brings the ring back into its bounds.
    /// @return true when iopub must not be read for now
    boolean settle(long now) {
        ring.expire(now - limits.ringAge().toNanos(), this::dropped);
        sessions.values()
                .removeIf(session -> session.channel == null
                        && now - session.left > limits.ringAge().toNanos());
        if (awaitsReturn && now - returnUntil > 0) awaitsReturn = false;
        long limit = limits.ringBytes();
        if (!awaitsReturn) {
            ring.free(unwanted(session -> session.confirmed));
            boolean flows = last != settled;
            settled = last;
            if (ring.bytes() > (flows ? Math.min(SENT_OF_A_STREAM, limit / SENT) : limit / SENT)) {
                long taken = unwanted(session -> session.cursor);
                for (var session : sessions.values()) session.gone(taken);
                ring.free(taken);
            }
        }
        if (ring.bytes() > limit && ring.fresh() > limit / MERGE_EVERY) ring.merge(mergeBytes);
        if (!paused && ring.bytes() <= limit) return false;

        var slowest = slowest(now);
        var needed = slowest == null ? Needed.NOTHING : needed(slowest.cursor);
        if (paused && (needed.bytes <= limit / 2 || brief && now - pausedAt > PAUSE_AT_MOST)) resume(now);
        if (ring.bytes() <= limit) return paused;

        // What only the absent want goes first.
        if (slowest != null) ring.dropThrough(slowest.cursor, limit / 4 * 3, this::dropped);
        if (ring.bytes() > limit && !pauses(needed, limit / 4 * 3, now)) ring.drop(limit / 4 * 3, this::dropped);
        return paused;
    }

    /// Whether the kernel is left unread for a while instead of dropping what its clients have not taken. Large
    /// messages may wait in the kernel as long as they must. Of small ones a PUB socket keeps a thousand and drops
    /// the rest without a word, so they wait a moment only, and all there is is read before the next one.
    private boolean pauses(Needed needed, long much, long now) {
        // What was on its way when the pause began still comes; small messages are not let run on with it.
        if (paused) return !brief || ring.bytes() <= limits.ringBytes() / 4 * 5;
        if (needed.bytes < much) return false;
        brief = needed.bytes < LARGE * needed.count;
        if (brief && now - resumedAt < READ_AT_LEAST && last - resumedWith < QUEUE_OF_A_PUB) return false;
        paused = true;
        pausedAt = now;
        return true;
    }

    private void resume(long now) {
        // It ran out, so the clients are slower than the kernel, whose queue must be emptied before it fills.
        if (brief && now - pausedAt > PAUSE_AT_MOST) {
            resumedAt = now;
            resumedWith = last;
        }
        paused = false;
    }

    /// Whether a pause must be looked at again after [#PAUSE_AT_MOST].
    boolean pausedBriefly() {
        return paused && brief;
    }

    /// The last message that nobody wants any more.
    private long unwanted(ToLongFunction<Session> has) {
        long through = Math.min(last, requests.unneeded());
        for (var session : sessions.values()) through = Math.min(through, has.applyAsLong(session));
        return through;
    }

    /// Of the clients that take something now and then, the one that is furthest behind.
    private @Nullable Session slowest(long now) {
        Session slowest = null;
        for (var session : sessions.values()) {
            if (session.channel == null
                    || now - session.progress > limits.stallAfter().toNanos()) continue;
            if (slowest == null || session.cursor < slowest.cursor) slowest = session;
        }
        return slowest;
    }

    private record Needed(long bytes, long count) {
        static final Needed NOTHING = new Needed(0, 0);
    }

    private Needed needed(long cursor) {
        long bytes = 0;
        int first = ring.after(cursor);
        long count = 0;
        for (int i = first; i < ring.size(); i++) {
            bytes += ring.get(i).cost();
            count += ring.get(i).pieces();
        }
        return new Needed(bytes, count);
    }

    private void dropped(Entry entry) {
        for (var session : sessions.values()) {
            session.missed(entry);
            session.gone(entry.seq);
        }
        var execution = entry.execution;
        if (execution == null || !execution.open) return;
        if (entry.to == null) execution.gap.add(entry);
        // Its end cannot be delivered any more.
        if (entry.seq == execution.reply || entry.seq == execution.idle) requests.close(execution);
    }

    /// Nobody will ask any more.
    void clear() {
        ring.free(last);
        sessions.clear();
    }

    /// What is kept.
    long bytes() {
        return ring.bytes();
    }

    /// Messages that are kept.
    int size() {
        return ring.size();
    }
}

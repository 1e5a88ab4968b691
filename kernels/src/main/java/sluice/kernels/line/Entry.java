package sluice.kernels.line;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A message in the ring, or several prints that were merged into one.
final class Entry {
    /// What an entry costs beyond its bytes.
    private static final int OVERHEAD = 96;

    /// The number of its first print; the same as `seq` in a message that is as the kernel sent it.
    final long first;

    final long seq;
    final byte[] v1;
    final Rank rank;
    final boolean stream;
    final String parentId;
    final @Nullable Execution execution;

    /// The only session it is for, or null for everybody.
    final @Nullable String to;

    /// It came while the session it is for was away.
    final boolean orphan;

    final long born;

    /// A question that has been answered needs no second answer.
    boolean answered;

    /// Where in the text each merged print ends.
    private final int @Nullable [] ends;

    Entry(
            long seq,
            byte[] v1,
            String msgType,
            String parentId,
            @Nullable Execution execution,
            @Nullable String to,
            boolean orphan,
            long born) {
        this.first = seq;
        this.seq = seq;
        this.v1 = v1;
        this.rank = Rank.of(msgType);
        this.stream = msgType.equals("stream");
        this.parentId = parentId;
        this.execution = execution;
        this.to = to;
        this.orphan = orphan;
        this.born = born;
        this.ends = null;
    }

    private Entry(Entry like, long first, Entry last, byte[] v1, int[] ends) {
        this.first = first;
        this.seq = last.seq;
        this.v1 = v1;
        this.rank = like.rank;
        this.stream = like.stream;
        this.parentId = like.parentId;
        this.execution = like.execution;
        this.to = like.to;
        this.orphan = like.orphan;
        this.born = last.born;
        this.ends = ends;
    }

    /// This and all that follow up to another, in one.
    Entry through(Entry last, byte[] v1, int[] ends) {
        return new Entry(this, first, last, v1, ends);
    }

    /// What is new to someone who has had everything up to a number below this entry's.
    Entry after(long had) {
        if (ends == null || had < first) return this;
        int gone = (int) (had - first) + 1;
        int from = ends[gone - 1];
        var left = Arrays.copyOfRange(ends, gone, ends.length);
        for (int i = 0; i < left.length; i++) left[i] -= from;
        return new Entry(this, had + 1, this, StreamRun.rest(v1, from, gone), left);
    }

    int pieces() {
        return ends == null ? 1 : ends.length;
    }

    /// Where the text of one of several prints ends.
    int end(int piece) {
        if (ends == null) throw new IllegalStateException("a message of one piece");
        return ends[piece];
    }

    int cost() {
        return v1.length + OVERHEAD + (ends == null ? 0 : Integer.BYTES * ends.length);
    }
}

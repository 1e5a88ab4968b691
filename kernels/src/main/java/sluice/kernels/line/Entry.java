package sluice.kernels.line;

import org.jspecify.annotations.Nullable;

/// A message in the ring.
final class Entry {
    /// What an entry costs beyond its bytes.
    private static final int OVERHEAD = 96;

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

    Entry(
            long seq,
            byte[] v1,
            String msgType,
            String parentId,
            @Nullable Execution execution,
            @Nullable String to,
            boolean orphan,
            long born) {
        this.seq = seq;
        this.v1 = v1;
        this.rank = Rank.of(msgType);
        this.stream = msgType.equals("stream");
        this.parentId = parentId;
        this.execution = execution;
        this.to = to;
        this.orphan = orphan;
        this.born = born;
    }

    int cost() {
        return v1.length + OVERHEAD;
    }
}

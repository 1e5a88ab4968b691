package sluice.kernels.line;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Makes one entry of prints that follow each other without a hole. It remembers where the text of each ends, so that
/// whoever has had some of them gets exactly the others.
final class Merging {
    /// What a remembered end costs.
    private static final int END = Integer.BYTES;

    private final Entry first;
    private final StreamRun run;
    private final int limit;
    private Entry last;
    private int[] ends;
    private int count;

    private Merging(Entry first, StreamRun run, int limit) {
        this.first = first;
        this.run = run;
        this.limit = limit;
        this.last = first;
        this.ends = new int[Math.max(16, first.pieces())];
        remember(first, 0);
    }

    /// @param limit of the entry's text, and of what is remembered of it, in bytes
    /// @return null when this is not a print for everybody
    static @Nullable Merging beginning(Entry entry, int limit) {
        if (!entry.stream || entry.to != null) return null;
        var run = StreamRun.beginning(entry, limit);
        return run == null ? null : new Merging(entry, run, limit);
    }

    /// @return false when it must stay an entry of its own
    boolean add(Entry next) {
        // Where something was dropped in between, a client is told so at that very place.
        if (!next.stream || next.to != null || next.first != last.seq + 1) return false;
        // The one tells who sees the other.
        if (next.execution != first.execution || !next.parentId.equals(first.parentId)) return false;
        int length = run.length();
        int pieces = next.pieces();
        if (END * (count + pieces) > limit || !run.add(next)) return false;
        if (count + pieces > ends.length) ends = Arrays.copyOf(ends, Math.max(2 * ends.length, count + pieces));
        remember(next, length);
        last = next;
        return true;
    }

    private void remember(Entry entry, int before) {
        int pieces = entry.pieces();
        for (int i = 0; i < pieces - 1; i++) ends[count++] = before + entry.end(i);
        ends[count++] = run.length();
    }

    Entry entry() {
        return last == first ? first : first.through(last, run.v1(), Arrays.copyOf(ends, count));
    }
}

package sluice.kernels.line;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The messages that someone may still want, oldest first. Numbers only grow; some may be missing between two.
final class Ring {
    private static final Rank[] RANKS = Rank.values();

    private @Nullable Entry[] slots = new @Nullable Entry[16];
    private int head;
    private int size;
    private long bytes;

    /// Up to here neighbours were merged.
    private long merged;

    /// What came since.
    private long fresh;

    void append(Entry entry) {
        if (size == slots.length) resize(2 * size);
        slots[at(size++)] = entry;
        bytes += entry.cost();
        fresh += entry.cost();
    }

    int size() {
        return size;
    }

    long bytes() {
        return bytes;
    }

    /// Bytes that came since neighbours were last merged.
    long fresh() {
        return fresh;
    }

    Entry get(int index) {
        var entry = slots[at(index)];
        if (entry == null) throw new IllegalStateException("no entry at " + index + " of " + size);
        return entry;
    }

    /// Index of the first entry whose number is greater.
    int after(long seq) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).seq <= seq) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// Lets go of what nobody wants any more.
    void free(long through) {
        while (size > 0 && get(0).seq <= through) removeFirst();
        shrink();
    }

    /// Removes what is older, whoever may still want it.
    void expire(long bornBefore, Consumer<Entry> dropped) {
        while (size > 0 && get(0).born - bornBefore < 0) dropped.accept(removeFirst());
    }

    /// Merges prints that follow each other: each brings some seven hundred bytes around its text.
    /// @param limit of one entry's text
    void merge(int limit) {
        fresh = 0;
        if (size == 0) return;
        // The last one that was looked at may go on.
        int kept = after(merged - 1);
        Merging run = null;
        for (int i = kept; i < size; i++) {
            var entry = get(i);
            bytes -= entry.cost();
            if (run != null && run.add(entry)) continue;
            if (run != null) keep(kept++, run.entry());
            run = Merging.beginning(entry, limit);
            if (run == null) keep(kept++, entry);
        }
        if (run != null) keep(kept++, run.entry());
        truncate(kept);
        shrink();
        merged = get(size - 1).seq;
    }

    private void keep(int index, Entry entry) {
        slots[at(index)] = entry;
        bytes += entry.cost();
    }

    /// Drops the oldest entries of the lowest rank, then of the next, until the ring holds no more than `target`.
    void drop(long target, Consumer<Entry> dropped) {
        for (int i = 0; i < RANKS.length && bytes > target; i++) drop(RANKS[i], Long.MAX_VALUE, target, dropped);
    }

    /// The same with what is not newer than `through`, as far as it can be spared.
    void dropThrough(long through, long target, Consumer<Entry> dropped) {
        for (int i = 0; i < Rank.RESULT.ordinal() && bytes > target; i++) drop(RANKS[i], through, target, dropped);
    }

    private void drop(Rank rank, long through, long target, Consumer<Entry> dropped) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            var entry = get(i);
            if (entry.rank == rank && bytes > target && entry.seq <= through) {
                bytes -= entry.cost();
                dropped.accept(entry);
            } else {
                slots[at(kept++)] = entry;
            }
        }
        truncate(kept);
    }

    private void truncate(int length) {
        for (int i = length; i < size; i++) slots[at(i)] = null;
        size = length;
    }

    private void shrink() {
        if (slots.length > 1024 && size < slots.length / 8) resize(slots.length / 4);
    }

    private Entry removeFirst() {
        var entry = get(0);
        slots[head] = null;
        head = at(1);
        size--;
        bytes -= entry.cost();
        return entry;
    }

    private int at(int index) {
        return (head + index) & (slots.length - 1);
    }

    private void resize(int length) {
        var next = new @Nullable Entry[Math.max(16, Integer.highestOneBit(length))];
        for (int i = 0; i < size; i++) next[i] = slots[at(i)];
        slots = next;
        head = 0;
    }
}

package sluice.metrics;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The last minutes of a few values, for charts. Written by one thread, read by any.
///
/// Arrays of `float`: a quarter of an hour of five values of one card takes 25 KiB. A gibibyte is exact to 64 bytes.
public final class History<K extends Enum<K>> {
    private final List<K> keys;
    private final int slots;
    private final long[] millis;
    private final float[] values; // slot by slot
    private long written;

    History(List<K> keys, int slots) {
        this.keys = List.copyOf(keys);
        this.slots = slots;
        this.millis = new long[slots];
        this.values = new float[slots * keys.size()];
    }

    /// One value at one moment.
    public record Point(Instant at, double value) {}

    /// @param row a value for each key, in their order; NaN where there is none
    synchronized void add(Instant at, double... row) {
        var slot = (int) (written % slots);
        millis[slot] = at.toEpochMilli();
        for (int i = 0; i < keys.size(); i++) values[slot * keys.size() + i] = (float) row[i];
        written++;
    }

    /// Oldest first. Moments at which the value was not known are left out.
    ///
    /// @param key one of [#keys()]; there are no points of others
    public synchronized List<Point> points(K key) {
        var column = keys.indexOf(key);
        var points = new ArrayList<Point>();
        if (column < 0) return points;
        for (var sample = Math.max(0, written - slots); sample < written; sample++) {
            var slot = (int) (sample % slots);
            var value = values[slot * keys.size() + column];
            if (!Float.isNaN(value)) points.add(new Point(Instant.ofEpochMilli(millis[slot]), value));
        }
        return points;
    }

    public List<K> keys() {
        return keys;
    }
}

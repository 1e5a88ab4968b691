package sluice.gateway.queue;

import java.time.Duration;
import java.util.Arrays;

/// Durations counted into buckets, as Prometheus wants them.
public final class Histogram {
    private final double[] bounds;
    private final long[] counts;
    private double sum;

    /// @param bounds upper ends in seconds, rising
    Histogram(double... bounds) {
        this.bounds = bounds;
        this.counts = new long[bounds.length + 1];
    }

    synchronized void add(Duration time) {
        double seconds = time.toNanos() / 1e9;
        int at = Arrays.binarySearch(bounds, seconds);
        counts[at < 0 ? -at - 1 : at]++;
        sum += seconds;
    }

    /// @param counts of each bucket alone; one more than there are bounds
    public record Counts(double[] bounds, long[] counts, double sum) {}

    public synchronized Counts counts() {
        return new Counts(bounds, counts.clone(), sum);
    }
}

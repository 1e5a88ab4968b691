package sluice.kernels.line;

import java.time.Duration;

/// What one kernel's messages may hold of the node's memory.
/// @param ringBytes kept for clients that are behind or away
/// @param ringAge after which nobody is waited for any more
/// @param stallAfter without taking anything a client no longer holds the kernel back
/// @param streamMergeBytes of waiting prints that are made one message, at most; 0 leaves each as it came
public record LineLimits(long ringBytes, Duration ringAge, Duration stallAfter, int streamMergeBytes) {
    public static final LineLimits DEFAULT =
            new LineLimits(16L << 20, Duration.ofHours(12), Duration.ofSeconds(10), 64 << 10);

    public LineLimits {
        if (ringBytes < 64 << 10) throw new IllegalArgumentException("a ring needs at least 64 KiB: " + ringBytes);
        if (!ringAge.isPositive()) throw new IllegalArgumentException("ringAge must be positive: " + ringAge);
        if (!stallAfter.isPositive()) throw new IllegalArgumentException("stallAfter must be positive: " + stallAfter);
        if (streamMergeBytes < 0) throw new IllegalArgumentException("streamMergeBytes is negative");
    }
}

package sluice.metrics;

import java.time.Duration;

/// How often the node is looked at.
///
/// @param every cards and node
/// @param sessionsEvery sessions: each costs some five files, and a node may have hundreds
/// @param history how far back charts reach
/// @param stale after how long without an answer the cards' last figures are not shown any more
public record SamplerConfig(Duration every, Duration sessionsEvery, Duration history, Duration stale) {
    public SamplerConfig {
        if (every.toMillis() < 100) throw new IllegalArgumentException("sampling that often costs too much: " + every);
        if (history.compareTo(every) < 0)
            throw new IllegalArgumentException("history shorter than a sample: " + history);
    }

    public static SamplerConfig standard() {
        return new SamplerConfig(
                Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofMinutes(15), Duration.ofSeconds(15));
    }

    int slots() {
        return (int) (history.toMillis() / every.toMillis());
    }
}

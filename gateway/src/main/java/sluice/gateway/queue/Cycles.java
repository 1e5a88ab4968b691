package sluice.gateway.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// What is remembered of cycles: for metrics, and not to take what has just ended for something new.
public final class Cycles {
    private static final Duration REMEMBERED = Duration.ofMinutes(2);

    private final Map<String, Instant> released = new LinkedHashMap<>();
    private final Histogram cycleSeconds = new Histogram(0.001, 0.005, 0.02, 0.1, 0.2, 0.5, 1, 5);
    private final Histogram waitSeconds = new Histogram(1, 10, 60, 300, 1800, 7200, 43200, 86400);

    synchronized void released(String session, Instant now) {
        released.values().removeIf(at -> at.isBefore(now.minus(REMEMBERED)));
        released.put(session, now);
    }

    /// Whether it ended after the node was asked what runs, or so shortly before that the answer may be older.
    synchronized boolean justReleased(String session, Instant asOf) {
        var at = released.get(session);
        return at != null && !at.isBefore(asOf.minusSeconds(1));
    }

    void took(Duration time) {
        cycleSeconds.add(time);
    }

    void waited(Duration time) {
        waitSeconds.add(time);
    }

    public Histogram cycleSeconds() {
        return cycleSeconds;
    }

    /// From the wish to the grant, of those that had to wait.
    public Histogram waitSeconds() {
        return waitSeconds;
    }
}

package sluice.gateway.queue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import sluice.gateway.queue.Histogram.Counts;
import sluice.scheduling.Demand;

/// What is remembered of cycles, for metrics.
public final class Cycles {
    private final Histogram cycleSeconds = new Histogram(0.001, 0.005, 0.02, 0.1, 0.2, 0.5, 1, 5);
    private static final Histogram NOBODY = waits();

    private final Map<String, Histogram> waitSeconds = new ConcurrentHashMap<>();
    private final Histogram gangWaitSeconds = waits();
    private final Map<String, LongAdder> verdicts = new ConcurrentHashMap<>();
    private final LongAdder backfilled = new LongAdder();

    Cycles() {
        for (var verdict : List.of("granted", "waits", "refused", "started", "released"))
            verdicts.put(verdict, new LongAdder());
    }

    private static Histogram waits() {
        return new Histogram(1, 10, 60, 300, 1800, 7200, 43200, 86400);
    }

    void took(Duration time) {
        cycleSeconds.add(time);
    }

    void waited(Demand demand, Duration time) {
        waitSeconds.computeIfAbsent(demand.owner().team(), _ -> waits()).add(time);
        if (demand.cards() > 1) gangWaitSeconds.add(time);
    }

    void decided(String verdict) {
        verdicts.computeIfAbsent(verdict, _ -> new LongAdder()).increment();
    }

    void backfilled() {
        backfilled.increment();
    }

    public Counts cycleSeconds() {
        return cycleSeconds.counts();
    }

    /// From the wish to the grant, of those of a team that had to wait.
    public Counts waitSeconds(String team) {
        return waitSeconds.getOrDefault(team, NOBODY).counts();
    }

    /// The same of those that wanted several cards at once.
    public Counts gangWaitSeconds() {
        return gangWaitSeconds.counts();
    }

    /// How often which verdict was given.
    public Map<String, Long> decisions() {
        return verdicts.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, verdict -> verdict.getValue().sum()));
    }

    /// How often somebody was let through before one whose turn came first.
    public long backfills() {
        return backfilled.sum();
    }
}

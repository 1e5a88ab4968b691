package sluice.gateway.doors.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import sluice.gateway.queue.Cycles;
import sluice.gateway.queue.Figures;
import sluice.gateway.queue.Histogram.Counts;
import sluice.metrics.page.Family;
import sluice.metrics.page.Labels;
import sluice.metrics.page.PoolCatalogue;
import sluice.metrics.page.Scrape;
import sluice.metrics.page.Source;

/// Shows what the scheduler does, and how long it takes.
/// @param figures the last look at the queue; empty where that was too long ago
record SchedulerSource(Supplier<Optional<Figures>> figures, Cycles cycles) implements Source {
    private static final List<String> VERDICT = List.of("verdict");

    @Override
    public String name() {
        return "scheduler";
    }

    @Override
    public List<Family> families() {
        return PoolCatalogue.SCHEDULER;
    }

    @Override
    public void collect(Scrape scrape) {
        var took = cycles.cycleSeconds();
        histogram(scrape, PoolCatalogue.CYCLE_SECONDS, took);
        scrape.add(
                PoolCatalogue.CYCLES, Labels.NONE, Arrays.stream(took.counts()).sum());
        cycles.decisions()
                .forEach((verdict, times) -> scrape.add(PoolCatalogue.DECISIONS, Labels.of(VERDICT, verdict), times));
        scrape.add(PoolCatalogue.BACKFILLED, Labels.NONE, cycles.backfills());
        histogram(scrape, PoolCatalogue.GANG_WAITED, cycles.gangWaitSeconds());
        figures.get().ifPresent(seen -> scrape.add(PoolCatalogue.FRAGMENTATION, Labels.NONE, seen.fragmentation()));
    }

    private static void histogram(Scrape scrape, Family family, Counts counts) {
        scrape.add(family, Labels.NONE, counts.bounds(), counts.counts(), counts.sum());
    }
}

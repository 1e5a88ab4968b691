package sluice.gateway.doors.metrics;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import sluice.gateway.queue.Figures;
import sluice.gateway.queue.Figures.Team;
import sluice.gateway.queue.Histogram.Counts;
import sluice.metrics.page.Family;
import sluice.metrics.page.Labels;
import sluice.metrics.page.PoolCatalogue;
import sluice.metrics.page.Scrape;
import sluice.metrics.page.Source;
import sluice.scheduling.Limits;

/// Shows what each team has, wants and is due.
/// @param figures the last look at the queue; empty where that was too long ago
/// @param waits how long people of a team waited
record QueueSource(Supplier<Optional<Figures>> figures, Function<String, Counts> waits) implements Source {
    @Override
    public String name() {
        return "queue";
    }

    @Override
    public List<Family> families() {
        return PoolCatalogue.QUEUES;
    }

    @Override
    public void collect(Scrape scrape) {
        figures.get().ifPresent(seen -> seen.teams().forEach(team -> collect(scrape, team)));
    }

    private void collect(Scrape scrape, Team team) {
        var labels = Labels.of(PoolCatalogue.ACCOUNT, team.name());
        scrape.add(PoolCatalogue.PENDING, labels, team.pending());
        scrape.add(PoolCatalogue.RUNNING, labels, team.running());
        scrape.add(PoolCatalogue.ALLOCATED, labels, gpus(team.milliGpus()));
        scrape.add(PoolCatalogue.BORROWED, labels, gpus(team.borrowed()));
        // Nobody is stopped for somebody else: sessions cannot be suspended yet, and none runs on what is left over.
        scrape.add(PoolCatalogue.PREEMPTIONS, labels, 0);
        var due = team.due();
        if (due != null) {
            scrape.add(PoolCatalogue.FAIR_SHARE, labels, gpus(due.fairShare()));
            scrape.add(PoolCatalogue.SATURATION, labels, due.saturation());
        }
        var account = team.account();
        scrape.add(PoolCatalogue.USAGE, labels, account.recentGpus());
        scrape.add(PoolCatalogue.SPENT, labels, account.spentGpuHours());
        var waited = waits.apply(team.name());
        scrape.add(PoolCatalogue.WAITED, labels, waited.bounds(), waited.counts(), waited.sum());
        var limits = account.limits();
        if (limits.most().milliGpus() < Limits.NONE)
            scrape.add(PoolCatalogue.QUOTA, labels, gpus(limits.most().milliGpus()));
        if (Double.isFinite(limits.gpuHours())) scrape.add(PoolCatalogue.HOURS, labels, limits.gpuHours());
    }

    private static double gpus(long milli) {
        return milli / 1000.0;
    }
}

package sluice.gateway.doors.metrics;

import java.util.List;
import java.util.function.Supplier;
import sluice.metrics.Snapshot;
import sluice.metrics.page.Family;
import sluice.metrics.page.Labels;
import sluice.metrics.page.PoolCatalogue;
import sluice.metrics.page.Scrape;
import sluice.metrics.page.Source;

/// Shows what was suspended and restored on each node: nothing. Every kernel is granted its cards until it ends, so
/// these are 0, and not unknown.
/// @param nodes those that answer
record SuspensionSource(Supplier<List<Snapshot>> nodes) implements Source {
    private static final double[] SECONDS = {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
    private static final long[] NEVER = new long[SECONDS.length + 1];

    @Override
    public String name() {
        return "suspensions";
    }

    @Override
    public List<Family> families() {
        return PoolCatalogue.SUSPENDING;
    }

    @Override
    public void collect(Scrape scrape) {
        for (var node : nodes.get()) {
            var labels = Labels.of(PoolCatalogue.HOST, node.hostname());
            for (var family : PoolCatalogue.SUSPENDING) {
                if (family.type() == Family.Type.HISTOGRAM) scrape.add(family, labels, SECONDS, NEVER, 0);
                else scrape.add(family, labels, 0);
            }
        }
    }
}

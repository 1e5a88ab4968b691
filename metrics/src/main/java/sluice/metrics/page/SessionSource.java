package sluice.metrics.page;

import java.util.List;
import java.util.function.Supplier;
import sluice.metrics.Snapshot;

/// Shows what sessions use of their nodes. What they use of cards stands with the cards.
///
/// @param nodes the last snapshot of each
public record SessionSource(Supplier<List<Snapshot>> nodes) implements Source {
    @Override
    public String name() {
        return "sessions";
    }

    @Override
    public List<Family> families() {
        return Catalogue.SESSIONS;
    }

    @Override
    public void collect(Scrape scrape) {
        for (var node : nodes.get()) {
            var host = Labels.of(Catalogue.NODE, node.hostname());
            for (var session : node.sessions()) {
                var labels = CardSource.labels(session.tenant(), host);
                var usage = session.usage();
                usage.cpuSeconds().ifPresent(seconds -> scrape.add(Catalogue.SESSION_CPU, labels, seconds));
                usage.memoryBytes().ifPresent(bytes -> scrape.add(Catalogue.SESSION_RAM, labels, bytes));
                usage.memoryLimit().ifPresent(bytes -> scrape.add(Catalogue.SESSION_LIMIT, labels, bytes));
                usage.processes().ifPresent(number -> scrape.add(Catalogue.SESSION_PROCESSES, labels, number));
                usage.outOfMemoryKills().ifPresent(kills -> scrape.add(Catalogue.SESSION_KILLS, labels, kills));
            }
        }
    }
}

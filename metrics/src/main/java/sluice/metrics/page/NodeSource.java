package sluice.metrics.page;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import sluice.metrics.Snapshot;
import sluice.metrics.host.HostSample;
import sluice.metrics.host.HostSample.Memory;
import sluice.metrics.host.HostSample.Resource;
import sluice.metrics.host.HostSample.Traffic;

/// Shows one node or many.
///
/// @param nodes the last snapshot of each that answers
/// @param known the names of all that ever did, as far as somebody remembers
public record NodeSource(Supplier<List<Snapshot>> nodes, Supplier<List<String>> known) implements Source {
    @Override
    public String name() {
        return "nodes";
    }

    @Override
    public List<Family> families() {
        return Catalogue.NODES;
    }

    @Override
    public void collect(Scrape scrape) {
        var here = nodes.get();
        for (var name : known.get()) {
            if (here.stream().noneMatch(node -> node.hostname().equals(name)))
                scrape.add(Catalogue.AGENT_UP, Labels.of(Catalogue.NODE, name), 0);
        }
        for (var node : here) {
            var labels = Labels.of(Catalogue.NODE, node.hostname());
            scrape.add(Catalogue.AGENT_UP, labels, 1);
            // A node without cards has no driver that could be up or down.
            var hasCards = node.cards().map(seen -> !seen.cards().isEmpty());
            if (hasCards.orElse(true)) scrape.add(Catalogue.DRIVER_UP, labels, hasCards.isPresent() ? 1 : 0);
            scrape.add(Catalogue.SAMPLE_SECONDS, labels.and("part", "cards"), seconds(node.cardsTook()));
            scrape.add(Catalogue.SAMPLE_SECONDS, labels.and("part", "host"), seconds(node.hostTook()));
            node.host().ifPresent(host -> collect(scrape, host, labels));
        }
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static void collect(Scrape scrape, HostSample host, Labels labels) {
        scrape.add(Catalogue.CPUS, labels, host.cpus());
        host.cpuPercent().ifPresent(percent -> scrape.add(Catalogue.CPU, labels, percent));
        host.load().ifPresent(load -> scrape.add(Catalogue.LOAD, labels, load));
        host.memory().ifPresent(memory -> memory(scrape, memory, labels));
        host.pressure().forEach((resource, pressure) -> {
            var of = labels.and("resource", resource.name().toLowerCase(Locale.ROOT));
            scrape.add(Catalogue.PRESSURE, of.and("kind", "some"), pressure.someSeconds());
            scrape.add(Catalogue.PRESSURE, of.and("kind", "full"), pressure.fullSeconds());
        });
        var pressure = host.pressure().get(Resource.MEMORY);
        if (pressure != null) {
            scrape.add(Catalogue.MEMORY_PRESSURE, labels.and("kind", "some"), pressure.some());
            scrape.add(Catalogue.MEMORY_PRESSURE, labels.and("kind", "full"), pressure.full());
        }
        traffic(scrape, Catalogue.DISK, host.disks(), labels, "read", "written");
        traffic(scrape, Catalogue.NETWORK, host.networks(), labels, "received", "sent");
    }

    private static void memory(Scrape scrape, Memory memory, Labels labels) {
        scrape.add(Catalogue.MEMORY, labels.and("kind", "total"), memory.total());
        scrape.add(Catalogue.MEMORY, labels.and("kind", "used"), memory.used());
        scrape.add(Catalogue.MEMORY, labels.and("kind", "available"), memory.available());
        scrape.add(Catalogue.MEMORY, labels.and("kind", "cached"), memory.cached());
        scrape.add(Catalogue.SWAP, labels.and("kind", "total"), memory.swapTotal());
        scrape.add(Catalogue.SWAP, labels.and("kind", "used"), memory.swapUsed());
    }

    private static void traffic(
            Scrape scrape, Family family, Map<String, Traffic> devices, Labels labels, String in, String out) {
        devices.forEach((device, traffic) -> {
            var of = labels.and("device", device);
            scrape.add(family, of.and("direction", in), traffic.in());
            scrape.add(family, of.and("direction", out), traffic.out());
        });
    }
}

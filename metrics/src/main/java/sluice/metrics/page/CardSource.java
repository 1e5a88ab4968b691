package sluice.metrics.page;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import sluice.metrics.CardNow;
import sluice.metrics.Snapshot;
import sluice.metrics.Tenant;
import sluice.metrics.gpu.ClockReason;
import sluice.metrics.gpu.Gpu;
import sluice.metrics.gpu.GpuSample;
import sluice.metrics.gpu.Health;
import sluice.metrics.gpu.Reading;
import sluice.metrics.gpu.Readings;

/// Shows the cards of one node or of many.
///
/// @param nodes the last snapshot of each
public record CardSource(Supplier<List<Snapshot>> nodes) implements Source {
    private static final Map<String, Reading> PCIE_ERRORS = Map.ofEntries(
            Map.entry("correctable", Reading.PCIE_CORRECTABLE),
            Map.entry("naks_received", Reading.PCIE_NAKS_RECEIVED),
            Map.entry("receiver_error", Reading.PCIE_RECEIVER_ERRORS),
            Map.entry("bad_tlp", Reading.PCIE_BAD_TLP),
            Map.entry("naks_sent", Reading.PCIE_NAKS_SENT),
            Map.entry("bad_dllp", Reading.PCIE_BAD_DLLP),
            Map.entry("non_fatal", Reading.PCIE_NON_FATAL),
            Map.entry("fatal", Reading.PCIE_FATAL),
            Map.entry("unsupported_request", Reading.PCIE_UNSUPPORTED_REQUESTS),
            Map.entry("lcrc", Reading.PCIE_LCRC),
            Map.entry("lane", Reading.PCIE_LANE_ERRORS));

    @Override
    public String name() {
        return "cards";
    }

    @Override
    public List<Family> families() {
        return Catalogue.CARDS;
    }

    @Override
    public void collect(Scrape scrape) {
        for (var node : nodes.get()) {
            node.cards().ifPresent(seen -> seen.cards().forEach(card -> collect(scrape, card, node.hostname())));
        }
    }

    private static void collect(Scrape scrape, CardNow card, String hostname) {
        var sample = card.sample();
        var labels = labels(sample.gpu(), hostname);
        for (var shown : Catalogue.READINGS) {
            sample.readings()
                    .get(shown.reading())
                    .ifPresent(value -> scrape.add(shown.family(), labels, value / shown.unit()));
        }
        identity(scrape, sample, labels);
        split(scrape, sample.readings(), labels);
        sample.nvlinks()
                .forEach((link, up) -> scrape.add(Catalogue.NVLINK_UP, labels.and("link", "" + link), up ? 1 : 0));
        errors(scrape, card, labels);
        tenants(scrape, card, labels);
    }

    private static Labels labels(Gpu gpu, String hostname) {
        return Labels.of(
                Catalogue.CARD,
                Integer.toString(gpu.index()),
                gpu.uuid(),
                gpu.pciBusId(),
                gpu.device(),
                gpu.model(),
                hostname,
                gpu.driverVersion());
    }

    private static void identity(Scrape scrape, GpuSample sample, Labels labels) {
        var gpu = sample.gpu();
        var more = labels.and("vendor", gpu.vendor().word()).and("simulated", Boolean.toString(gpu.simulated()));
        scrape.add(Catalogue.INFO, more, 1);
        scrape.add(Catalogue.UP, labels, sample.lost() ? 0 : 1);
    }

    /// Readings that make more than one series.
    private static void split(Scrape scrape, Readings readings, Labels labels) {
        readings.get(Reading.CLOCK_REASONS).ifPresent(mask -> {
            var hold = ClockReason.in(mask);
            for (var reason : ClockReason.values()) {
                var word = reason.name().toLowerCase(Locale.ROOT);
                scrape.add(Catalogue.CLOCK_REASONS, labels.and("reason", word), hold.contains(reason) ? 1 : 0);
            }
        });
        PCIE_ERRORS.forEach((type, reading) -> readings.get(reading)
                .ifPresent(count -> scrape.add(Catalogue.PCIE_ERRORS, labels.and("type", type), count)));
        mode(readings).ifPresent(mode -> scrape.add(Catalogue.MODE, labels.and("mode", mode), 1));
    }

    private static Optional<String> mode(Readings readings) {
        if (readings.getOr(Reading.MIG_MODE, 0) == 1) return Optional.of("mig");
        var mode = readings.get(Reading.COMPUTE_MODE);
        if (mode.isEmpty()) return Optional.empty();
        return Optional.of(
                switch ((int) mode.getAsDouble()) {
                    case 2 -> "prohibited";
                    case 1, 3 -> "exclusive";
                    default -> "shared";
                });
    }

    private static void errors(Scrape scrape, CardNow card, Labels labels) {
        scrape.add(Catalogue.LAST_XID, labels, card.errors().lastXid().orElse(0));
        card.errors().xids().forEach((xid, times) -> scrape.add(Catalogue.XIDS, labels.and("xid", "" + xid), times));
        scrape.add(Catalogue.FAULTS, labels, card.errors().faults());
        for (var state : Health.values()) {
            scrape.add(Catalogue.HEALTH, labels.and("state", state.word()), card.health() == state ? 1 : 0);
        }
    }

    private static void tenants(Scrape scrape, CardNow card, Labels labels) {
        card.sample().processes().ifPresent(list -> scrape.add(Catalogue.PROCESSES, labels, list.size()));
        for (var use : card.uses()) {
            var more = labels(use.tenant(), labels);
            use.bytes().ifPresent(bytes -> scrape.add(Catalogue.SESSION_MEMORY, more, bytes));
            use.smUtil().ifPresent(percent -> scrape.add(Catalogue.SESSION_UTIL, more, percent));
        }
    }

    static Labels labels(Tenant tenant, Labels before) {
        return before.and("session", tenant.session())
                .and("user", tenant.user())
                .and("account", tenant.account())
                .and("queue", tenant.queue());
    }
}

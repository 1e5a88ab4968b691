package sluice.gateway.doors.metrics;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.gateway.queue.Figures;
import sluice.gateway.queue.Held;
import sluice.kernels.link.Orders.KernelModel;
import sluice.metrics.page.Family;
import sluice.metrics.page.Labels;
import sluice.metrics.page.PoolCatalogue;
import sluice.metrics.page.Scrape;
import sluice.metrics.page.Source;

/// Shows what each session does that has got what it asked for. Those that wait are only counted, by team: there may
/// be thousands.
/// @param kernels what nodes run
/// @param figures the last look at the books; empty where that was too long ago
record SessionStateSource(Supplier<List<KernelModel>> kernels, Supplier<Optional<Figures>> figures, Clock clock)
        implements Source {
    @Override
    public String name() {
        return "session-states";
    }

    @Override
    public List<Family> families() {
        return PoolCatalogue.SESSIONS;
    }

    @Override
    public void collect(Scrape scrape) {
        var now = clock.instant();
        var running = new HashMap<String, KernelModel>();
        for (var kernel : kernels.get()) running.put(kernel.id(), kernel);
        for (var held : figures.get().map(Figures::held).orElse(List.of())) {
            var kernel = running.remove(held.session());
            if (kernel != null || held.step() == Held.Step.STARTING) collect(scrape, held, kernel, now);
        }
        // What has only just begun, or is not in the books yet.
        for (var kernel : running.values()) collect(scrape, labels(kernel), kernel, now);
    }

    private static void collect(Scrape scrape, Held held, @Nullable KernelModel kernel, Instant now) {
        var owner = held.row().owner();
        var labels = Labels.of(
                PoolCatalogue.SESSION,
                held.session(),
                owner.user(),
                owner.team(),
                held.row().flavour());
        if (kernel == null) scrape.add(PoolCatalogue.STATE, labels.and("state", "starting"), 1);
        else collect(scrape, labels, kernel, now);
        if (held.lease().placement().cards() == 0) return;
        scrape.add(PoolCatalogue.RESIDENCY, labels.and("residency", "resident"), 1);
        // What starts may have to wait again, and has used nothing then.
        if (held.step() != Held.Step.RUNS) return;
        var use = held.use(now, kernel == null ? held.busySeen() : kernel.busyMillis());
        scrape.add(PoolCatalogue.GPU_SECONDS, labels.and("kind", "allocated"), use.allocatedSeconds());
        scrape.add(PoolCatalogue.GPU_SECONDS, labels.and("kind", "busy"), use.busySeconds());
        scrape.add(PoolCatalogue.GPU_SECONDS, labels.and("kind", "suspended"), use.suspendedSeconds());
    }

    private static void collect(Scrape scrape, Labels labels, KernelModel kernel, Instant now) {
        var state = kernel.executionState();
        scrape.add(PoolCatalogue.STATE, labels.and("state", state), 1);
        scrape.add(PoolCatalogue.CELL_SECONDS, labels, kernel.busyMillis() / 1000.0);
        if (state.equals("busy")) scrape.add(PoolCatalogue.IDLE, labels, 0);
        if (!state.equals("idle")) return;
        try {
            var idle = Duration.between(Instant.parse(kernel.lastActivity()), now);
            scrape.add(PoolCatalogue.IDLE, labels, Math.max(0, idle.toMillis() / 1000.0));
        } catch (DateTimeParseException unknown) {
            // Then nobody knows since when it is idle.
        }
    }

    private static Labels labels(KernelModel kernel) {
        var grant = kernel.grant();
        return Labels.of(
                PoolCatalogue.SESSION,
                kernel.id(),
                kernel.owner(),
                grant == null ? "" : grant.team(),
                grant == null ? "" : grant.flavour());
    }
}

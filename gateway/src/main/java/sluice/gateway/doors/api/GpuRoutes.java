package sluice.gateway.doors.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.doors.metrics.PoolMetrics;
import sluice.gateway.fleet.Snapshots;
import sluice.gateway.people.Permissions;
import sluice.gateway.people.Principal;
import sluice.gateway.queue.Dispatcher;
import sluice.gateway.queue.InUse;
import sluice.metrics.CardNow;
import sluice.metrics.Snapshot;
import sluice.metrics.gpu.Reading;
import sluice.metrics.gpu.Readings;
import sluice.metrics.page.PrometheusPage;

/// `/api/v1/gpus`, `/api/v1/nodes` and `/metrics`: cards and machines as they are now.
public final class GpuRoutes {
    private final Snapshots snapshots;
    private final Dispatcher dispatcher;
    private final PoolMetrics metrics;

    public GpuRoutes(Snapshots snapshots, Dispatcher dispatcher, PoolMetrics metrics) {
        this.snapshots = snapshots;
        this.dispatcher = dispatcher;
        this.metrics = metrics;
    }

    /// What a driver does not tell is null.
    /// @param simulated no such card exists
    /// @param health `ok`, or what is wrong with it
    /// @param utilization percent of the time in which any kernel ran
    /// @param leased the part of it, from 0 to 1, that sessions hold
    /// @param yours of that, the caller's
    /// @param users what of it is whose: one's own, and everybody's for an administrator
    record GpuView(
            String uuid,
            String node,
            int index,
            String vendor,
            String model,
            boolean simulated,
            String health,
            long memoryBytes,
            @Nullable Long memoryUsedBytes,
            @Nullable Double utilization,
            @Nullable Double temperatureCelsius,
            @Nullable Double powerWatts,
            double leased,
            double yours,
            List<UseView> users) {}

    record UseView(String session, String user, @Nullable Long memoryBytes) {}

    record NodeView(
            String name,
            int gpus,
            @Nullable Integer cpus,
            @Nullable Double cpuPercent,
            @Nullable Long memoryBytes,
            @Nullable Long memoryUsedBytes) {}

    public Answer gpus(Asked asked) throws InterruptedException {
        var inUse = new InUse(dispatcher.held());
        return Answer.json(snapshots.latest().stream()
                .flatMap(
                        node -> cards(node).stream().map(card -> view(node.hostname(), card, inUse, asked.principal())))
                .toList());
    }

    public Answer nodes(Asked asked) throws InterruptedException {
        return Answer.json(snapshots.latest().stream().map(GpuRoutes::view).toList());
    }

    /// For Prometheus.
    public Answer metrics(Asked asked) throws InterruptedException {
        return Answer.bytes(PrometheusPage.CONTENT_TYPE, metrics.text().getBytes(StandardCharsets.UTF_8));
    }

    private static List<CardNow> cards(Snapshot node) {
        return node.cards().map(Snapshot.Cards::cards).orElse(List.of());
    }

    private static GpuView view(String node, CardNow card, InUse inUse, Principal principal) {
        var gpu = card.sample().gpu();
        var readings = card.sample().readings();
        var used = number(readings, Reading.MEMORY_USED);
        return new GpuView(
                gpu.uuid(),
                node,
                gpu.index(),
                gpu.vendor().word(),
                gpu.model(),
                gpu.simulated(),
                card.health().word(),
                gpu.memoryBytes(),
                used == null ? null : used.longValue(),
                number(readings, Reading.GPU_UTIL),
                number(readings, Reading.TEMPERATURE),
                number(readings, Reading.POWER),
                inUse.ofCard(gpu.uuid(), null) / 1000.0,
                inUse.ofCard(gpu.uuid(), principal.name()) / 1000.0,
                card.uses().stream()
                        .filter(use ->
                                Permissions.mayTouch(principal, use.tenant().user()))
                        .map(use -> new UseView(
                                use.tenant().session(),
                                use.tenant().user(),
                                use.bytes().isPresent() ? use.bytes().getAsLong() : null))
                        .toList());
    }

    private static NodeView view(Snapshot node) {
        var host = node.host().orElse(null);
        var memory = host == null ? null : host.memory().orElse(null);
        return new NodeView(
                node.hostname(),
                cards(node).size(),
                host == null ? null : host.cpus(),
                host == null || host.cpuPercent().isEmpty()
                        ? null
                        : host.cpuPercent().getAsDouble(),
                memory == null ? null : memory.total(),
                memory == null ? null : memory.used());
    }

    private static @Nullable Double number(Readings readings, Reading reading) {
        var value = readings.get(reading);
        return value.isPresent() ? value.getAsDouble() : null;
    }
}

package sluice.gateway.doors.metrics;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.fleet.Capacity;
import sluice.gateway.fleet.Nodes;
import sluice.gateway.fleet.Nodes.NodeAway;
import sluice.gateway.fleet.Snapshots;
import sluice.gateway.queue.Cycles;
import sluice.gateway.queue.QueueWatch;
import sluice.kernels.link.Orders.KernelModel;
import sluice.metrics.Snapshot;
import sluice.metrics.page.CardSource;
import sluice.metrics.page.NodeSource;
import sluice.metrics.page.NpuSource;
import sluice.metrics.page.PrometheusPage;
import sluice.metrics.page.SessionSource;

/// Everything that is measured, on one page for Prometheus. The node is asked before the page is written, the queue is
/// looked at by its watch; the sources take what there is.
public final class PoolMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(PoolMetrics.class);
    private static final int REHEARSALS = 5;
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    private final Snapshots snapshots;
    private final Nodes nodes;
    private final PrometheusPage page;

    private volatile Asked last = new Asked(List.of(), List.of());

    /// What the node said.
    private record Asked(List<Snapshot> nodes, List<KernelModel> kernels) {}

    public PoolMetrics(
            Snapshots snapshots, Capacity capacity, Nodes nodes, QueueWatch queue, Cycles cycles, Clock clock) {
        this.snapshots = snapshots;
        this.nodes = nodes;
        this.page = new PrometheusPage(List.of(
                new CardSource(this::seen),
                new NpuSource(this::seen),
                new NodeSource(this::seen, capacity::names),
                new SessionSource(this::seen),
                new SessionStateSource(() -> last.kernels, queue::seen, clock),
                new QueueSource(queue::seen, cycles::waitSeconds),
                new SchedulerSource(queue::seen, cycles),
                new SuspensionSource(this::seen)));
    }

    private List<Snapshot> seen() {
        return last.nodes;
    }

    /// The page as it is now. Without a node it has what the pool knows itself.
    public String text() throws InterruptedException {
        last = ask();
        return page.text();
    }

    private Asked ask() throws InterruptedException {
        if (!nodes.connected()) return new Asked(List.of(), List.of());
        try {
            var kernels = nodes.kernels();
            return new Asked(snapshots.latest(), kernels);
        } catch (NodeAway away) {
            LOG.debug("the page is without the node: {}", away.getMessage());
            return new Asked(List.of(), List.of());
        }
    }

    /// Writes the page some times for nobody whenever a node has arrived, so that the first one who asks need not wait
    /// until Java has learnt how that is done.
    public void rehearse() {
        nodes.onEvent(event -> {
            if (!event.event().equals("node.arrived")) return;
            try {
                for (int i = 0; i < REHEARSALS; i++) {
                    Thread.sleep(BETWEEN);
                    text();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }
}

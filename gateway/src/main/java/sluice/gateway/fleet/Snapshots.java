package sluice.gateway.fleet;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import sluice.kernels.link.Orders;
import sluice.metrics.Snapshot;

/// What nodes and cards are doing. Nodes look once a second, so whoever asks more often gets the same again.
public final class Snapshots {
    private static final Duration FRESH = Duration.ofMillis(500);

    private final Nodes nodes;
    private final long fresh;
    private volatile List<Snapshot> last = List.of();
    private long asked;

    public Snapshots(Nodes nodes) {
        this(nodes, FRESH);
    }

    /// @param fresh for how long a snapshot is not asked for again
    public Snapshots(Nodes nodes, Duration fresh) {
        this.nodes = nodes;
        this.fresh = fresh.toNanos();
        this.asked = System.nanoTime() - this.fresh;
    }

    /// The last snapshot of every node that is connected.
    public synchronized List<Snapshot> latest() throws InterruptedException {
        if (!nodes.connected()) return last = List.of();
        long now = System.nanoTime();
        if (now - asked < fresh) return last;
        last = List.of(nodes.call(Orders.SNAPSHOT, Map.of(), Snapshot.class));
        asked = now;
        return last;
    }

    /// As [#latest], but waits a while for a node that is just being started again.
    /// @throws Nodes.NodeAway it did not come
    public synchronized List<Snapshot> awaited() throws InterruptedException {
        last = List.of(nodes.call(Orders.SNAPSHOT, Map.of(), Snapshot.class));
        asked = System.nanoTime();
        return last;
    }

    /// What [#latest] gave last, without asking anybody.
    public List<Snapshot> seen() {
        return last;
    }
}

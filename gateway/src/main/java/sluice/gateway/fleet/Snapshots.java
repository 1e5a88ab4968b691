package sluice.gateway.fleet;

import java.util.List;
import java.util.Map;
import sluice.kernels.link.Orders;
import sluice.metrics.Snapshot;

/// What nodes and cards are doing. Nodes look once a second, so whoever asks more often gets the same again.
public final class Snapshots {
    private static final long FRESH = 500_000_000;

    private final Nodes nodes;
    private volatile List<Snapshot> last = List.of();
    private long asked = System.nanoTime() - FRESH;

    public Snapshots(Nodes nodes) {
        this.nodes = nodes;
    }

    /// The last snapshot of every node that is connected.
    public synchronized List<Snapshot> latest() throws InterruptedException {
        if (!nodes.connected()) return last = List.of();
        long now = System.nanoTime();
        if (now - asked < FRESH) return last;
        last = List.of(nodes.call(Orders.SNAPSHOT, Map.of(), Snapshot.class));
        asked = now;
        return last;
    }

    /// What [#latest] gave last, without asking anybody.
    public List<Snapshot> seen() {
        return last;
    }
}

package sluice.gateway.doors.api;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.fleet.Nodes;
import sluice.gateway.people.Audit;
import sluice.gateway.sessions.KernelDesk;
import sluice.kernels.link.Orders;
import sluice.kernels.link.Orders.KernelModel;

/// `/api/v1/kernels`, `/status` and `/audit`: the pool as its users and administrators see it.
public final class PoolRoutes {
    private static final int LINES = 100;

    private final KernelDesk desk;
    private final Nodes nodes;
    private final Audit audit;
    private final String version;

    public PoolRoutes(KernelDesk desk, Nodes nodes, Audit audit, String version) {
        this.desk = desk;
        this.nodes = nodes;
        this.audit = audit;
        this.version = version;
    }

    record KernelView(
            String id,
            String name,
            String owner,
            String state,
            String lastActivity,
            String startedAt,
            int connections,
            @Nullable String reason,
            String sandbox) {
        static KernelView of(KernelModel kernel) {
            return new KernelView(
                    kernel.id(),
                    kernel.name(),
                    kernel.owner(),
                    kernel.executionState(),
                    kernel.lastActivity(),
                    kernel.startedAt(),
                    kernel.connections(),
                    kernel.reason(),
                    kernel.sandbox());
        }
    }

    /// One's own kernels; an administrator's list has everybody's, or those of `?owner=`.
    public Answer kernels(Asked asked) throws InterruptedException {
        var owner = asked.query("owner");
        return Answer.json(desk.list(asked.principal()).stream()
                .filter(kernel -> owner.isEmpty() || owner.get().equals(kernel.owner()))
                .map(KernelView::of)
                .toList());
    }

    public Answer kernel(Asked asked) throws InterruptedException {
        return Answer.json(KernelView.of(desk.get(asked.principal(), asked.path("kernelId"))));
    }

    /// What the pool says of itself, the node's own words included.
    public Answer status(Asked asked) throws InterruptedException {
        var status = new LinkedHashMap<String, Object>();
        status.put("version", version);
        status.put("connected", nodes.connected());
        if (nodes.connected()) status.put("node", nodes.call(Orders.NODE_STATUS, Map.of(), Map.class));
        return Answer.json(status);
    }

    /// The newest lines first; `?before=` the last one's id for those after it.
    public Answer audit(Asked asked) {
        var before = asked.number("before", Long.MAX_VALUE);
        return Answer.json(audit.read(before, asked.limit(LINES)));
    }
}

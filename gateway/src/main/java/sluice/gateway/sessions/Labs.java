package sluice.gateway.sessions;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import sluice.gateway.fleet.Nodes;
import sluice.kernels.link.Orders;

/// Each user's JupyterLab: started when they first ask for it, then one and the same for all their pages.
public final class Labs {
    private final Nodes nodes;
    private final String basePath;
    private final ConcurrentMap<String, CompletableFuture<Orders.AppModel>> byOwner = new ConcurrentHashMap<>();

    /// @param basePath what every path of the pool begins with, or empty
    public Labs(Nodes nodes, String basePath) {
        this.nodes = nodes;
        this.basePath = basePath;
    }

    /// Forgets Labs that are gone, and all of them when a node comes: it says anew what it has.
    public void follow() {
        nodes.onEvent(event -> {
            if (event.event().equals("node.arrived")) byOwner.clear();
            var app = event.app();
            if (event.event().equals("app.gone") && app != null && app.startsWith("lab-"))
                byOwner.remove(app.substring("lab-".length()));
        });
    }

    /// The user's Lab as a future; asked for the first time it is started.
    public CompletableFuture<Orders.AppModel> of(String owner) {
        return byOwner.computeIfAbsent(owner, this::start);
    }

    /// The user's Lab if it runs.
    public Optional<Orders.AppModel> running(String owner) {
        var lab = byOwner.get(owner);
        return lab != null && lab.isDone() && !lab.isCompletedExceptionally()
                ? Optional.of(lab.join())
                : Optional.empty();
    }

    /// It did not answer: the next one who asks has it looked after.
    public void forget(String owner) {
        byOwner.computeIfPresent(owner, (name, lab) -> lab.isDone() ? null : lab);
    }

    private CompletableFuture<Orders.AppModel> start(String owner) {
        var lab = new CompletableFuture<Orders.AppModel>();
        var order =
                new Orders.StartApp("lab-" + owner, owner, "lab", "%s/user/%s/".formatted(basePath, owner), Map.of());
        Thread.ofVirtual().name("lab-" + owner).start(() -> {
            try {
                lab.complete(nodes.call(Orders.APP_START, order, Orders.AppModel.class));
            } catch (Throwable e) {
                lab.completeExceptionally(e);
            }
        });
        return lab;
    }
}

package sluice.kernels.node;

import java.io.IOException;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.Ground;
import sluice.kernels.Kernels;
import sluice.kernels.apps.Apps;
import sluice.kernels.link.Orders.Event;
import sluice.kernels.specs.KernelSpecs;
import sluice.kernels.zmtp.ZmtpLoop;
import sluice.metrics.Tenant;

/// A node, put together: its ground, its kernels, its apps, and the desk where they are asked for.
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private final Ground ground;
    private final ZmtpLoop loop;
    private final Kernels kernels;
    private final Apps apps;
    private final Watch watch;
    private final Desk desk;

    private Node(Ground ground, ZmtpLoop loop, Kernels kernels, Apps apps, Watch watch, Desk desk) {
        this.ground = ground;
        this.loop = loop;
        this.kernels = kernels;
        this.apps = apps;
        this.watch = watch;
        this.desk = desk;
    }

    /// Opens the node: clears away what nobody knows, takes over what the journal knows.
    /// @param env the node's own environment
    public static Node open(NodeConfig config, Map<String, String> env) throws IOException, InterruptedException {
        var ground = Ground.open(
                config.data(),
                config.run(),
                config.sandbox(),
                env,
                config.kernels().passEnv());
        var loop = new ZmtpLoop("kernels");
        try {
            var events = new Events();
            var specs = new KernelSpecs(config.specs());
            var limits = config.sandbox().limits();
            var kernels = new Kernels(
                    ground,
                    specs,
                    config.environments(),
                    config.kernels(),
                    limits,
                    config.line(),
                    loop,
                    Clock.systemUTC(),
                    (id, reason) -> events.tell(new Event("kernel.gone", id, null, reason)));
            var apps = new Apps(
                    ground,
                    config.environments(),
                    config.apps(),
                    limits,
                    (id, reason) -> events.tell(new Event("app.gone", null, id, reason)));
            var known = new HashSet<>(kernels.known());
            known.addAll(apps.known());
            ground.sweep(known);
            var watch = Watch.open(config.gpus(), () -> tenants(ground, kernels, apps));
            kernels.open();
            apps.open();
            LOG.info(
                    "Node {} has {} kernels and {} apps",
                    config.name(),
                    kernels.list().size(),
                    apps.list().size());
            watch.start();
            var desk = new Desk(config.name(), ground, specs, kernels, apps, watch, events);
            return new Node(ground, loop, kernels, apps, watch, desk);
        } catch (IOException | RuntimeException | InterruptedException e) {
            loop.close();
            ground.close();
            throw e;
        }
    }

    private static List<Tenant> tenants(Ground ground, Kernels kernels, Apps apps) {
        var running = kernels.list().stream().map(kernel -> tenant(ground, kernel.id(), kernel.owner()));
        return Stream.concat(running, apps.list().stream().map(app -> tenant(ground, app.id(), app.owner())))
                .toList();
    }

    private static Tenant tenant(Ground ground, String id, String owner) {
        return new Tenant(id, owner, "", "", ground.sandboxes().groups(id));
    }

    public Desk desk() {
        return desk;
    }

    /// Ends everything that runs.
    public void stopAll() throws InterruptedException {
        var stopping = Thread.startVirtualThread(() -> {
            try {
                apps.stopAll();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        kernels.stopAll();
        stopping.join();
    }

    /// Leaves everything running, for the next node to find.
    @Override
    public void close() throws IOException, InterruptedException {
        watch.close();
        kernels.close();
        apps.close();
        loop.close();
        ground.close();
    }
}

package sluice.kernels.node;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.Cards;
import sluice.kernels.Ground;
import sluice.kernels.Kernels;
import sluice.kernels.apps.Apps;
import sluice.kernels.link.Orders.Event;
import sluice.kernels.link.Orders.Grant;
import sluice.kernels.specs.KernelSpecs;
import sluice.kernels.zmtp.ZmtpLoop;
import sluice.metrics.Tenant;
import sluice.metrics.gpu.Gpus;
import sluice.metrics.gpu.SimulatedGpus;

/// A node, put together: its ground, its kernels, its apps, and the desk where they are asked for.
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private final Ground ground;
    private final ZmtpLoop loop;
    private final Kernels kernels;
    private final Apps apps;
    private final Watch watch;
    private final @Nullable SimulatedUse simulatedUse;
    private final Desk desk;

    private Node(
            Ground ground,
            ZmtpLoop loop,
            Kernels kernels,
            Apps apps,
            Watch watch,
            @Nullable SimulatedUse simulatedUse,
            Desk desk) {
        this.ground = ground;
        this.loop = loop;
        this.kernels = kernels;
        this.apps = apps;
        this.watch = watch;
        this.simulatedUse = simulatedUse;
        this.desk = desk;
    }

    /// Opens the node: clears away what nobody knows, takes over what the journal knows.
    /// @param env the node's own environment
    public static Node open(NodeConfig config, Map<String, String> env) throws IOException, InterruptedException {
        var gpus = new Driver(config.data()).open(config.gpus());
        try {
            return open(config, env, gpus, new Cards(gpus));
        } catch (IOException | RuntimeException | InterruptedException e) {
            gpus.close();
            throw e;
        }
    }

    /// With cards of the caller's, which the node closes in the end.
    static Node open(NodeConfig config, Map<String, String> env, Gpus gpus, Cards cards)
            throws IOException, InterruptedException {
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
                    cards,
                    config.kernels(),
                    limits,
                    config.line(),
                    loop,
                    Clock.systemUTC(),
                    gone -> events.tell(
                            new Event("kernel.gone", gone.kernel(), null, gone.reason(), gone.busyMillis())));
            var apps = new Apps(
                    ground,
                    config.environments(),
                    cards,
                    config.apps(),
                    limits,
                    (id, reason) -> events.tell(new Event("app.gone", null, id, reason)));
            var known = new HashSet<>(kernels.known());
            known.addAll(apps.known());
            ground.sweep(known);
            var watch = new Watch(gpus, () -> tenants(ground, kernels, apps));
            kernels.open();
            apps.open();
            ground.owners().tidy();
            LOG.info(
                    "Node {} has {} kernels and {} apps",
                    config.name(),
                    kernels.list().size(),
                    apps.list().size());
            var simulatedUse =
                    gpus instanceof SimulatedGpus simulated ? new SimulatedUse(simulated, kernels::list) : null;
            if (simulatedUse != null) simulatedUse.start();
            watch.start();
            var warnings = warnings(ground, gpus, cards);
            var desk = new Desk(config.name(), ground, specs, kernels, apps, watch, warnings, events);
            return new Node(ground, loop, kernels, apps, watch, simulatedUse, desk);
        } catch (IOException | RuntimeException | InterruptedException e) {
            loop.close();
            ground.close();
            throw e;
        }
    }

    private static List<Tenant> tenants(Ground ground, Kernels kernels, Apps apps) {
        var running =
                kernels.list().stream().map(kernel -> tenant(ground, kernel.id(), kernel.owner(), kernel.grant()));
        return Stream.concat(running, apps.list().stream().map(app -> tenant(ground, app.id(), app.owner(), null)))
                .toList();
    }

    private static Tenant tenant(Ground ground, String id, String owner, @Nullable Grant grant) {
        return new Tenant(
                id,
                owner,
                grant == null ? "" : grant.team(),
                grant == null ? "" : grant.flavour(),
                ground.sandboxes().groups(id));
    }

    /// What the people who run this node should know.
    private static List<String> warnings(Ground ground, Gpus gpus, Cards cards) {
        var sandbox = ground.sandboxes().sandbox();
        var warnings = new ArrayList<String>();
        if (sandbox.kind().equals("plain") && gpus.cards().stream().anyMatch(card -> !card.simulated()))
            warnings.add("Without a sandbox every kernel can use every card of this node: variables such as"
                    + " CUDA_VISIBLE_DEVICES, which users can change, are all that keeps them apart");
        for (var problem : cards.problems()) warnings.add("No kernel can use a card: " + problem);
        warnings.forEach(LOG::warn);
        // Those below have told their own already.
        ground.owners().warning().ifPresent(warnings::addFirst);
        sandbox.warning().ifPresent(warnings::addFirst);
        return warnings;
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
        if (simulatedUse != null) simulatedUse.close();
        watch.close();
        kernels.close();
        apps.close();
        loop.close();
        ground.close();
    }
}

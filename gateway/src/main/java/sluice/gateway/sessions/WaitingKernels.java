package sluice.gateway.sessions;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.fleet.Nodes;
import sluice.gateway.fleet.Nodes.NodeAway;
import sluice.gateway.ledger.LeaseRow;
import sluice.gateway.queue.Dispatcher;
import sluice.gateway.queue.Held;
import sluice.gateway.queue.News;
import sluice.gateway.queue.Pending;
import sluice.gateway.queue.Said;
import sluice.gateway.sessions.WaitingKernel.Phase;
import sluice.kernels.link.LinkJson;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders;
import sluice.kernels.link.Orders.StartKernel;
import sluice.scheduling.Placement;

/// The kernels that wait for their turn. Their clients have them from the beginning: one that waits is a kernel that is
/// starting, with a reason.
public final class WaitingKernels {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingKernels.class);
    private static final String FOUND_OUT = "whether it started is being found out";

    /// How long one is still listed that could not be started when its turn came.
    private static final Duration FAILURE_SHOWN = Duration.ofMinutes(5);

    private final Nodes nodes;
    private final Dispatcher dispatcher;
    private final Launches launches;
    private final Flavours flavours;
    private final Map<String, WaitingKernel> waiting = new ConcurrentHashMap<>();
    /// Those that were stopped while they were being started.
    private final Set<String> withdrawn = ConcurrentHashMap.newKeySet();

    private final List<Consumer<WaitingKernel>> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> beginnings = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> interrupts = new CopyOnWriteArrayList<>();

    public WaitingKernels(Nodes nodes, Dispatcher dispatcher, Launches launches, Flavours flavours) {
        this.nodes = nodes;
        this.dispatcher = dispatcher;
        this.launches = launches;
        this.flavours = flavours;
        for (var pending : dispatcher.queue()) waiting.put(pending.session(), kernel(pending, order(pending.row())));
        for (var held : dispatcher.held()) {
            if (held.step() != Held.Step.IN_DOUBT || held.row().order() == null) continue;
            var kernel = kernel(held.row(), order(held.row()), "Its turn has come: " + FOUND_OUT);
            waiting.put(kernel.id(), kernel.in(Phase.STARTING, kernel.reason()));
        }
        dispatcher.onNews(this::hear);
    }

    /// Calls the listener when a kernel that waits has another reason, or failed.
    public void onChange(Consumer<WaitingKernel> listener) {
        listeners.add(listener);
    }

    /// Calls the listener with the id of a kernel that waited and runs now.
    public void onBegun(Consumer<String> listener) {
        beginnings.add(listener);
    }

    /// Calls the listener with the id of a kernel that waits and was interrupted.
    public void onInterrupt(Consumer<String> listener) {
        interrupts.add(listener);
    }

    /// Takes in one that was queued.
    /// @param order how to start it
    WaitingKernel add(Pending pending, StartKernel order) {
        var kernel = kernel(pending, order);
        // Its turn may have come already.
        waiting.compute(
                kernel.id(),
                (id, there) -> there != null || dispatcher.waiting(id).isEmpty() ? there : kernel);
        return kernel;
    }

    private void hear(News news) {
        switch (news) {
            case News.Waits(var pending)
            when withdrawn.remove(pending.session()) -> {
                waiting.remove(pending.session());
                dispatcher.release(pending.session(), "it was withdrawn", -1);
            }
            case News.Waits(var pending) -> {
                var changed = waiting.computeIfPresent(
                        pending.session(), (_, kernel) -> kernel.in(Phase.WAITING, Said.plainly(pending.reason())));
                if (changed != null) tell(changed);
            }
            case News.Runs(var id) -> Thread.ofVirtual().name("begin-" + id).start(() -> begun(id));
            case News.Turn(var row, var placement) ->
                Thread.ofVirtual().name("start-" + row.session()).start(() -> begin(row, placement));
        }
    }

    private void begin(LeaseRow row, Placement placement) {
        var id = row.session();
        var order = order(row);
        var starting = waiting.compute(
                id,
                (_, kernel) -> (kernel == null ? kernel(row, order, "") : kernel)
                        .in(Phase.STARTING, "Its turn has come: it is being started"));
        tell(starting);
        try {
            launches.begin(row, placement, order);
            begun(id);
        } catch (NodeProblem problem) {
            fail(id, problem.reason());
        } catch (NodeAway gone) {
            tell(waiting.computeIfPresent(
                    id,
                    (_, kernel) ->
                            kernel.in(Phase.STARTING, "Its turn has come, and the node went away: " + FOUND_OUT)));
        } catch (InterruptedException | RuntimeException e) {
            LOG.error("kernel {} could not be started when its turn came", id, e);
            fail(id, "The gateway could not start it; its log says why");
        }
    }

    private void begun(String id) {
        waiting.remove(id);
        try {
            if (withdrawn.remove(id)) nodes.call(Orders.KERNEL_STOP, new Orders.KernelRef(id), Map.class);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (NodeProblem | NodeAway e) {
            LOG.warn("kernel {} was withdrawn while it started, and runs: {}", id, e.toString());
        }
        for (var listener : beginnings) listener.accept(id);
    }

    private void fail(String id, String reason) {
        withdrawn.remove(id);
        var failed = waiting.computeIfPresent(id, (_, kernel) -> kernel.in(Phase.FAILED, reason));
        if (failed == null) return;
        tell(failed);
        Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(FAILURE_SHOWN);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            waiting.remove(id, failed);
        });
    }

    private void tell(@Nullable WaitingKernel kernel) {
        if (kernel == null) return;
        for (var listener : listeners) listener.accept(kernel);
    }

    /// Those that do not run yet.
    List<WaitingKernel> all() {
        return List.copyOf(waiting.values());
    }

    public Optional<WaitingKernel> find(String id) {
        return Optional.ofNullable(waiting.get(id));
    }

    /// It is not wanted any more.
    /// @return false if it does not wait
    boolean withdraw(String id) {
        var kernel = waiting.get(id);
        if (kernel == null) return false;
        if (kernel.phase() == Phase.STARTING) return withdrawn.add(id);
        waiting.remove(id);
        dispatcher.release(id, "it was withdrawn", -1);
        tell(kernel.in(Phase.FAILED, "This kernel was shut down before its turn came"));
        return true;
    }

    /// Forgets what a kernel that does not run yet was sent.
    /// @return false if it runs
    boolean interrupt(String id) {
        var kernel = waiting.get(id);
        if (kernel == null || kernel.phase() == Phase.FAILED) return false;
        for (var listener : interrupts) listener.accept(id);
        return true;
    }

    private WaitingKernel kernel(Pending pending, StartKernel order) {
        return kernel(pending.row(), order, pending.reason());
    }

    private WaitingKernel kernel(LeaseRow row, StartKernel order, String reason) {
        return new WaitingKernel(
                row.session(),
                order.owner(),
                flavours.name(row.spec(), row.flavour()),
                row.submitted(),
                Phase.WAITING,
                Said.plainly(reason));
    }

    private static StartKernel order(LeaseRow row) {
        return LinkJson.MAPPER.readValue(
                Objects.requireNonNull(row.order(), "an order to start it"), StartKernel.class);
    }
}

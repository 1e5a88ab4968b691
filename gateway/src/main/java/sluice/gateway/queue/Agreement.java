package sluice.gateway.queue;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.fleet.Capacity;
import sluice.gateway.ledger.Leases;
import sluice.scheduling.Mode;

/// Keeps the books in agreement with what really runs: the node knows, whatever was believed.
final class Agreement {
    private static final Logger LOG = LoggerFactory.getLogger(Agreement.class);

    private final Dispatcher dispatcher;
    private final Roll roll;
    private final Released released;
    private final Capacity capacity;
    private final Leases leases;
    private final Teller teller;
    private final Bell bell;

    Agreement(
            Dispatcher dispatcher,
            Roll roll,
            Released released,
            Capacity capacity,
            Leases leases,
            Teller teller,
            Bell bell) {
        this.dispatcher = dispatcher;
        this.roll = roll;
        this.released = released;
        this.capacity = capacity;
        this.leases = leases;
        this.teller = teller;
        this.bell = bell;
    }

    /// Lays the books beside what runs: leases of what is gone are taken back, what runs without one is entered.
    /// @param running the node's kernels
    /// @param asOf a moment before the node was asked
    void agree(List<Running> running, Instant asOf) {
        roll.locked(() -> {
            var byId = new HashMap<String, Running>();
            for (var each : running) byId.put(each.session(), each);
            for (var each : List.copyOf(roll.held.values())) agree(each, byId.get(each.session()), asOf);
            for (var each : running) {
                if (!roll.held.containsKey(each.session()) && !released.justNow(each.session(), asOf)) adopt(each);
            }
        });
    }

    private void agree(Held each, @Nullable Running runs, Instant asOf) {
        boolean settled =
                each.step() != Held.Step.STARTING && !each.lease().since().isAfter(asOf);
        if (runs != null) {
            if (each.step() == Held.Step.IN_DOUBT) {
                dispatcher.started(each.session());
                teller.tell(new News.Runs(each.session()));
            }
            return;
        }
        if (!settled) return;
        var order = each.row().order();
        if (each.step() == Held.Step.IN_DOUBT && order != null) again(each);
        else dispatcher.release(each.session(), "it was gone when the node was asked", -1);
    }

    /// Its turn had come when the gateway or the node ended, and the node knows nothing of it.
    private void again(Held each) {
        var interrupted = "its start was interrupted; it waits again";
        if (!leases.requeue(each.row().id(), interrupted)) {
            dispatcher.release(each.session(), "its start was interrupted", -1);
            return;
        }
        roll.held.remove(each.session());
        var pending = Pending.of(each.row(), interrupted);
        roll.waiting.put(each.session(), pending);
        teller.tell(new News.Waits(pending));
        bell.ring();
    }

    private void adopt(Running each) {
        var node = capacity.nodes(_ -> Mode.SWAP).stream().findFirst();
        if (node.isEmpty() || roll.waiting.containsKey(each.session())) return;
        var now = dispatcher.now();
        var demand = each.demand(now);
        var placement = each.placement(node.get().name());
        var row = leases.adopt(demand, each.spec(), each.flavour(), placement, now);
        roll.hold(row, placement, Held.Step.RUNS, now);
        LOG.info("{} of {} runs without a lease: it is entered", each.session(), demand.owner());
        teller.decided(now, each.session(), "granted", "found running");
    }
}

package sluice.gateway.sessions;

import org.jspecify.annotations.Nullable;
import sluice.gateway.fleet.Nodes;
import sluice.gateway.fleet.Nodes.NodeAway;
import sluice.gateway.ledger.LeaseRow;
import sluice.gateway.queue.Dispatcher;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders;
import sluice.kernels.link.Orders.KernelModel;
import sluice.kernels.link.Orders.StartKernel;
import sluice.scheduling.Placement;

/// Brings granted kernels to the node.
public final class Launches {
    private final Nodes nodes;
    private final Dispatcher dispatcher;

    public Launches(Nodes nodes, Dispatcher dispatcher) {
        this.nodes = nodes;
        this.dispatcher = dispatcher;
    }

    /// Has the node start it; what it holds is given back if that fails. Where the node goes away in the middle, a
    /// kernel whose client waits is in doubt until the node is back.
    KernelModel begin(LeaseRow row, Placement placement, StartKernel order) throws InterruptedException {
        @Nullable String why = "it did not start";
        try {
            var granted = new StartKernel(
                    order.id(), order.owner(), order.name(), order.env(), order.path(), grant(row, placement));
            var kernel = nodes.call(Orders.KERNEL_START, granted, KernelModel.class);
            why = null;
            dispatcher.started(order.id());
            return kernel;
        } catch (NodeProblem problem) {
            why = problem.reason();
            throw problem;
        } catch (NodeAway away) {
            if (dispatcher.doubt(order.id())) why = null;
            throw away;
        } finally {
            if (why != null) dispatcher.release(order.id(), why, -1);
        }
    }

    static Orders.Grant grant(LeaseRow row, Placement placement) {
        var part = placement.parts().getFirst();
        var cards = part.shares().stream()
                .map(share -> new Orders.GrantedCard(share.card(), share.milli(), share.bytes()))
                .toList();
        return new Orders.Grant(row.owner().team(), row.flavour(), cards, part.milliCpus() / 1000.0, part.memory());
    }
}

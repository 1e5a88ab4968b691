package sluice.gateway.sessions;

import sluice.gateway.fleet.Nodes;
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

    /// Has the node start it; what it holds is given back if that fails.
    KernelModel begin(LeaseRow row, Placement placement, StartKernel order) throws InterruptedException {
        var started = false;
        var why = "it did not start";
        try {
            var granted = new StartKernel(
                    order.id(), order.owner(), order.name(), order.env(), order.path(), grant(row, placement));
            var kernel = nodes.call(Orders.KERNEL_START, granted, KernelModel.class);
            started = true;
            return kernel;
        } catch (NodeProblem problem) {
            why = problem.reason();
            throw problem;
        } finally {
            if (started) dispatcher.started(order.id());
            else dispatcher.release(order.id(), why, -1);
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

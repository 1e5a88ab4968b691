package sluice.gateway.fleet;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders;
import sluice.kernels.link.Orders.KernelModel;

/// The node behind the gateway, asked in plain blocking calls from virtual threads.
public interface Nodes {
    /// Asks the node and waits for its answer.
    /// @param op one of [Orders]' ops
    /// @param arguments the op's record
    /// @param as the answer's class
    /// @throws NodeProblem the node's own refusal
    /// @throws NodeAway no node is connected, or it went away before it answered
    <T> T call(String op, Object arguments, Class<T> as) throws InterruptedException;

    /// All kernels of the node.
    default List<KernelModel> kernels() throws InterruptedException {
        return List.of(call(Orders.KERNEL_LIST, Map.of(), KernelModel[].class));
    }

    /// The kernelspecs that are installed there.
    default Orders.Specs specs() throws InterruptedException {
        return call(Orders.SPECS, Map.of(), Orders.Specs.class);
    }

    /// Whether a node is connected now.
    boolean connected();

    /// Calls the listener, on a virtual thread, for every event a node tells, until the program ends.
    void onEvent(Consumer<Orders.Event> listener);

    /// No node answers.
    final class NodeAway extends RuntimeException {
        public NodeAway(String message) {
            super(message);
        }

        public String reason() {
            return String.valueOf(getMessage());
        }
    }
}

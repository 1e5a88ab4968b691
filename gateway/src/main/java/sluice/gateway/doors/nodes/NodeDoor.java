package sluice.gateway.doors.nodes;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.fleet.Nodes;
import sluice.kernels.link.FrameType;
import sluice.kernels.link.LinkJson;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders;

/// Listens for the node, one socket and one lane for each event loop, so that a websocket and the lane it speaks
/// through are always on the same loop and a message never changes threads inside the gateway.
public final class NodeDoor implements Nodes {
    private static final Logger LOG = LoggerFactory.getLogger(NodeDoor.class);
    /// How long a call waits for a node that is just being started again.
    private static final long PATIENCE_MS = 5_000;
    /// A kernel's start may take this long; nothing else comes near.
    private static final long ANSWER_S = 120;

    private final Path folder;
    private final long window;
    private final AtomicReferenceArray<@Nullable NodeLane> lanes;
    private final List<Consumer<Orders.Event>> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<Integer>> arrivals = new CopyOnWriteArrayList<>();
    private volatile CompletableFuture<NodeLane> first = new CompletableFuture<>();

    /// @param folder where the lanes' sockets stand, 0700
    /// @param lanes one for each event loop that serves websockets
    /// @param window bytes a node may send ahead on each stream
    public NodeDoor(Path folder, int lanes, long window) {
        this.folder = folder;
        this.window = window;
        this.lanes = new AtomicReferenceArray<>(lanes);
    }

    /// Listens for a lane on the caller's event loop.
    public Future<NetServer> listen(Vertx vertx, int number) {
        var socket = folder.resolve("link-" + number + ".sock");
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot replace the old socket " + socket, e);
        }
        return vertx.createNetServer()
                .connectHandler(connection -> accepted(number, connection))
                .listen(SocketAddress.domainSocketAddress(socket.toString()));
    }

    /// The lane on this event loop, if a node holds it now.
    public @Nullable NodeLane lane(int number) {
        return lanes.get(number);
    }

    /// Calls the listener with a lane's number whenever a node has taken it, on that lane's event loop.
    public void onArrival(Consumer<Integer> listener) {
        arrivals.add(listener);
    }

    private void accepted(int number, NetSocket connection) {
        var socket = ((NetSocketInternal) connection).channelHandlerContext();
        var lane = new NodeLane(socket, new Owner(number));
        socket.channel().config().setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(4 << 10, 64 << 10, 1 << 20));
        socket.pipeline()
                .addBefore(socket.name(), "frames", new LengthFieldBasedFrameDecoder(FrameType.MAX, 0, 4, 0, 4));
        ((NetSocketInternal) connection).messageHandler(frame -> {
            try {
                lane.frame((ByteBuf) frame);
            } catch (RuntimeException e) {
                LOG.warn("lane {} is closed: it sent what cannot be read", number, e);
                connection.close();
            }
        });
        connection.exceptionHandler(e -> LOG.debug("lane {}: {}", number, e.toString()));
        connection.closeHandler(ended -> {
            if (lanes.compareAndSet(number, lane, null) && number == 0) {
                first = new CompletableFuture<>();
                LOG.warn("the node went away");
            }
            lane.lost();
        });
    }

    private final class Owner implements NodeLane.Owner {
        private final int number;

        Owner(int number) {
            this.number = number;
        }

        @Override
        public Orders.@Nullable Welcome hello(NodeLane lane, Orders.Hello hello) {
            if (hello.lane() != number) {
                LOG.warn("node {} came for lane {} to lane {}", hello.node(), hello.lane(), number);
                return null;
            }
            lanes.set(number, lane);
            // After the WELCOME, which the caller writes on return.
            Objects.requireNonNull(Vertx.currentContext()).runOnContext(now -> {
                for (var listener : arrivals) listener.accept(number);
                if (number == 0) {
                    LOG.info("node {} is connected", hello.node());
                    first.complete(lane);
                    event(new Orders.Event("node.arrived", null, null, hello.node()));
                }
            });
            return new Orders.Welcome(lanes.length(), window);
        }

        @Override
        public void event(Orders.Event event) {
            for (var listener : listeners) Thread.ofVirtual().name("node-event").start(() -> listener.accept(event));
        }
    }

    @Override
    public <T> T call(String op, Object arguments, Class<T> as) throws InterruptedException {
        try {
            var lane = first.get(PATIENCE_MS, TimeUnit.MILLISECONDS);
            var answer =
                    lane.call(op, LinkJson.MAPPER.writeValueAsBytes(arguments)).get(ANSWER_S, TimeUnit.SECONDS);
            return LinkJson.MAPPER.readValue(answer, as);
        } catch (TimeoutException e) {
            throw new NodeAway("No node is connected, or it does not answer; it is being started again. Try again.");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case NodeProblem problem -> throw new NodeProblem(problem.code(), problem.reason());
                case NodeLane.NodeLost _ ->
                    throw new NodeAway("The node went away before it answered; it is being started again. Try again.");
                case null, default -> throw new IllegalStateException("asking the node for " + op + " failed", e);
            }
        }
    }

    @Override
    public boolean connected() {
        return lanes.get(0) != null;
    }

    @Override
    public void onEvent(Consumer<Orders.Event> listener) {
        listeners.add(listener);
    }

    /// Every event loop's number.
    public List<Integer> numbers() {
        var numbers = new ArrayList<Integer>();
        for (int lane = 0; lane < lanes.length(); lane++) numbers.add(lane);
        return numbers;
    }
}

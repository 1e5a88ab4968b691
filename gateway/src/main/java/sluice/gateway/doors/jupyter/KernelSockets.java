package sluice.gateway.doors.jupyter;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import sluice.gateway.doors.nodes.NodeDoor;
import sluice.gateway.doors.nodes.NodeLane;
import sluice.kernels.link.Orders;

/// The kernel websockets of one event loop.
public final class KernelSockets {
    /// The websocket subprotocol that a client may offer.
    public static final String SUBPROTOCOL = WsFrames.SUBPROTOCOL;

    /// @param ping how often a quiet socket is pinged; proxies cut at 60 s
    /// @param silence after which a client that answers nothing is given up
    /// @param messageBytes a client's message at most
    public record Limits(Duration ping, Duration silence, long messageBytes) {}

    /// Milliseconds. A node that is woken for each message loses its time with waking.
    private static final int PAY_WITHIN = 5;

    /// Milliseconds after which a client is asked what it has of what its socket took.
    private static final int ASK_WITHIN = 50;

    private final Context context;
    private final NodeDoor nodes;
    private final int number;
    private final Cursors cursors;
    private final Limits limits;
    private final Set<KernelSocket> sockets = new LinkedHashSet<>();
    private final Soon paying;
    private final Soon asking;

    /// Made on the event loop it is for.
    public KernelSockets(Vertx vertx, NodeDoor nodes, int number, Cursors cursors, Limits limits) {
        this.context = Objects.requireNonNull(Vertx.currentContext(), "not on an event loop");
        this.nodes = nodes;
        this.number = number;
        this.cursors = cursors;
        this.limits = limits;
        this.paying = new Soon(vertx, PAY_WITHIN, KernelSocket::pay);
        this.asking = new Soon(vertx, ASK_WITHIN, KernelSocket::ask);
        nodes.onArrival(lane -> {
            if (lane == number) attachAll();
        });
        vertx.setPeriodic(1_000, tick -> {
            long now = System.nanoTime();
            for (var socket : Set.copyOf(sockets)) socket.tick(now);
        });
    }

    /// Takes a websocket whose client may use that kernel.
    /// @param room where it waits for a kernel that does not run yet; null where it runs
    void accept(
            ServerWebSocket websocket,
            ChannelHandlerContext wire,
            KernelSocket.Client client,
            @Nullable WaitingRoom room) {
        int slot = cursors.slot(client.kernel(), client.session());
        var socket = new KernelSocket(client, websocket, wire, this, slot, cursors.at(slot, System.nanoTime()));
        sockets.add(socket);
        if (room != null && room.enter(socket)) {
            socket.await(room);
            return;
        }
        var lane = lane();
        if (lane != null) socket.attach(lane);
    }

    /// Brings messages of a session to its kernel when none of its clients is there; the kernel keeps the answers.
    void deliver(String kernel, String session, List<byte[]> messages) {
        context.runOnContext(now -> {
            var lane = lane();
            if (lane == null) return;
            int stream = lane.open(new Orders.OpenKernel("kernel", kernel, session, null, false), Unheard.INSTANCE);
            for (var message : messages) lane.send(stream, message);
            lane.close(stream, "left", "its client went away before the kernel ran");
        });
    }

    /// Closes those that match, from any thread.
    public void close(Predicate<KernelSocket.Client> which, int code, String reason) {
        context.runOnContext(now -> {
            for (var socket : Set.copyOf(sockets)) if (which.test(socket.client())) socket.close((short) code, reason);
        });
    }

    /// How many are open.
    public int count() {
        return sockets.size();
    }

    private void attachAll() {
        var lane = lane();
        if (lane != null) for (var socket : Set.copyOf(sockets)) socket.attach(lane);
    }

    @Nullable
    NodeLane lane() {
        return nodes.lane(number);
    }

    Cursors cursors() {
        return cursors;
    }

    Limits limits() {
        return limits;
    }

    /// Has the socket pay its node, with others.
    void payLater(KernelSocket socket) {
        paying.visit(socket);
    }

    /// Has the socket ask its client what it has.
    void askLater(KernelSocket socket) {
        asking.visit(socket);
    }

    void left(KernelSocket socket) {
        sockets.remove(socket);
    }
}

package sluice.gateway.doors.jupyter;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import sluice.gateway.doors.http.Route;
import sluice.gateway.doors.http.VirtualThreads;
import sluice.gateway.people.Principal;
import sluice.gateway.people.Refused;
import sluice.gateway.sessions.KernelDesk;
import sluice.gateway.sessions.WaitingKernels;
import sluice.kernels.link.Orders.KernelModel;

/// `/api/kernels/{id}/channels`: makes a kernel websocket of a request whose sender may use that kernel.
public final class KernelSocketDoor implements Route.Socket {
    private static final int LONGEST_SESSION = 256;

    private final KernelDesk desk;
    private final WaitingRooms rooms;
    private final Map<EventLoop, KernelSockets> byLoop = new ConcurrentHashMap<>();

    /// @param letters what clients send to kernels that do not run yet
    public KernelSocketDoor(KernelDesk desk, WaitingKernels waiting, Letters letters) {
        this.desk = desk;
        this.rooms = new WaitingRooms(waiting, desk, letters, this::deliver);
    }

    /// By whichever event loop.
    private void deliver(String kernel, String session, List<byte[]> messages) {
        byLoop.values().stream().findFirst().ifPresent(sockets -> sockets.deliver(kernel, session, messages));
    }

    /// Adds the calling event loop's sockets.
    public void add(KernelSockets sockets) {
        byLoop.put(loop(), sockets);
    }

    /// Closes every websocket whose client matches, whichever loop it is on.
    void close(Predicate<KernelSocket.Client> which, int code, String reason) {
        for (var sockets : byLoop.values()) sockets.close(which, code, reason);
    }

    /// A token no longer vouches for anybody: what it opened closes.
    public void revoked(long token) {
        close(client -> client.token() == token, 1008, "the token was revoked");
    }

    /// The gateway is about to go; 1012 is what clients come back after.
    public void closeAll() {
        close(client -> true, 1012, "the gateway is restarting");
    }

    @Override
    public void open(RoutingContext ctx, Principal who) {
        var id = Objects.requireNonNull(ctx.pathParam("kernelId"));
        VirtualThreads.call(() -> {
                    var kernel = desk.get(who, id);
                    rooms.prepare(id);
                    return kernel;
                })
                .onSuccess(kernel -> upgrade(ctx, who, kernel))
                .onFailure(ctx::fail);
    }

    private void upgrade(RoutingContext ctx, Principal who, KernelModel kernel) {
        var sockets = Objects.requireNonNull(byLoop.get(loop()), "an event loop without websockets");
        var session = ctx.request().getParam("session_id");
        if (session != null && session.length() > LONGEST_SESSION) {
            ctx.fail(Refused.badRequest("session_id is longer than %d characters".formatted(LONGEST_SESSION)));
            return;
        }
        var agent = ctx.request().getHeader("User-Agent");
        var name = session == null || session.isEmpty() ? UUID.randomUUID().toString() : session;
        var channel = ((HttpServerConnection) ctx.request().connection())
                .channelHandlerContext()
                .channel();
        ctx.request()
                .toWebSocket()
                .onSuccess(socket -> sockets.accept(
                        socket, wire(channel), client(kernel, name, who, agent, socket), rooms.of(kernel.id())))
                .onFailure(e -> ctx.fail(Refused.badRequest("This is not a WebSocket handshake")));
    }

    private static ChannelHandlerContext wire(Channel channel) {
        return channel.pipeline().context("handler");
    }

    /// An unmodified jupyter_server that uses us as its gateway (Tornado, no subprotocol) decodes every frame as text
    /// and stops reading for good at the first one that is not: it gets its messages without buffers.
    private static KernelSocket.Client client(
            KernelModel kernel, String session, Principal who, @Nullable String agent, ServerWebSocket socket) {
        boolean v1 = WsFrames.SUBPROTOCOL.equals(socket.subProtocol());
        boolean fragile = !v1 && agent != null && agent.startsWith("Tornado/");
        return new KernelSocket.Client(kernel.id(), session, kernel.owner(), who.tokenId(), v1, fragile);
    }

    private static EventLoop loop() {
        return ((ContextInternal) Objects.requireNonNull(Vertx.currentContext())).nettyEventLoop();
    }
}

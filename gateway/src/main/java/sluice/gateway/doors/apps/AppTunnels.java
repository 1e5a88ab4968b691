package sluice.gateway.doors.apps;

import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import sluice.gateway.doors.nodes.NodeDoor;
import sluice.gateway.doors.nodes.NodeLane;
import sluice.gateway.doors.nodes.NodeStream;
import sluice.kernels.link.Orders;

/// Unix sockets behind which an app on a node answers: what comes in travels over the link to the app's own socket.
/// An ordinary HTTP client then speaks to the app as if it were here. One for each event loop.
final class AppTunnels {
    private final Vertx vertx;
    private final NodeDoor nodes;
    private final int number;
    private final Path folder;
    private final Map<String, Future<SocketAddress>> open = new HashMap<>();

    AppTunnels(Vertx vertx, NodeDoor nodes, int number, Path folder) {
        this.vertx = vertx;
        this.nodes = nodes;
        this.number = number;
        this.folder = folder;
    }

    /// The address behind which that app answers, on the caller's event loop.
    Future<SocketAddress> to(String app) {
        return open.computeIfAbsent(app, this::listen);
    }

    private Future<SocketAddress> listen(String app) {
        var path = folder.resolve("app-%d-%s.sock".formatted(number, app));
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot replace the old socket " + path, e);
        }
        var address = SocketAddress.domainSocketAddress(path.toString());
        return vertx.createNetServer()
                .connectHandler(socket -> connect(app, socket))
                .listen(address)
                .map(address);
    }

    private void connect(String app, NetSocket socket) {
        var lane = nodes.lane(number);
        if (lane == null) {
            socket.close();
            return;
        }
        socket.pause();
        new Tunnel(lane, socket).open(app);
    }

    /// One connection: bytes both ways, each way only as far as the other end has room.
    private static final class Tunnel implements NodeStream {
        private final NodeLane lane;
        private final NetSocket socket;
        private int stream;
        private long credit;
        private boolean over;

        Tunnel(NodeLane lane, NetSocket socket) {
            this.lane = lane;
            this.socket = socket;
            this.credit = lane.window();
        }

        void open(String app) {
            stream = lane.open(new Orders.OpenDial("dial", app), this);
            socket.handler(piece -> {
                lane.send(stream, piece);
                credit -= piece.length();
                if (credit <= 0) socket.pause();
            });
            socket.exceptionHandler(e -> end());
            socket.closeHandler(ended -> end());
        }

        private void end() {
            if (over) return;
            over = true;
            lane.close(stream, "left", "the client closed the connection");
        }

        @Override
        public void opened() {
            socket.resume();
        }

        @Override
        public void data(boolean last, long seq, ByteBuf payload) {
            if (over) {
                payload.release();
                return;
            }
            int bytes = payload.readableBytes();
            socket.write(BufferInternal.buffer(payload)).onSuccess(taken -> {
                if (!over) lane.credit(stream, bytes);
            });
        }

        @Override
        public void credit(long bytes) {
            boolean was = credit > 0;
            credit += bytes;
            if (!was && credit > 0) socket.resume();
        }

        @Override
        public void closed(Orders.Closed why) {
            over = true;
            socket.close();
        }

        @Override
        public void lost() {
            over = true;
            socket.close();
        }
    }
}

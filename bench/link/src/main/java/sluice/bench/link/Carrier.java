package sluice.bench.link;

import java.nio.file.Path;
import java.util.List;
import sluice.kernels.link.NodeDesk;

/// A way to carry the streams of one connection, which the node dials over a unix socket. Each carrier is given what
/// makes it fast: native transport, one event loop a side, no second thread, no copy that it does not force.
interface Carrier {
    /// Bytes that may be on their way on a stream, the product's default.
    int WINDOW = 1 << 20;

    /// Streams on the connection: one that is measured, and its neighbour.
    int STREAMS = 2;

    /// Its words in the table.
    String title();

    /// Listens on the gateway's side. Returns at once.
    GatewayEnd listen(Path folder) throws Exception;

    /// Connects the node's side and serves each stream with a channel of the desk.
    void dial(Path folder, NodeDesk desk) throws Exception;

    static Carrier named(String name) {
        return switch (name) {
            case "frames" -> new FramesCarrier();
            case "grpc" -> new GrpcCarrier();
            case "http2" -> new Http2Carrier();
            default -> throw new IllegalArgumentException("no carrier " + name + "; there are " + NAMES);
        };
    }

    List<String> NAMES = List.of("frames", "grpc", "http2");

    /// The gateway's side of a connection.
    interface GatewayEnd {
        /// Waits for the node and gives the open streams.
        List<GatewayStream> streams() throws Exception;

        /// Runs on the event loop that serves the connection.
        void onLoop(Runnable work);
    }
}

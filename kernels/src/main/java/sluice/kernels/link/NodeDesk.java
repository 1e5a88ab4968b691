package sluice.kernels.link;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a node does for the gateway. The link calls it on a virtual thread for each frame that asks.
public interface NodeDesk {
    /// Does one of the [Orders]' ops.
    /// @return a record that becomes the answer's JSON, or null for `{}`
    /// @throws NodeProblem with words for the user
    @Nullable
    Object call(String op, JsonNode arguments) throws InterruptedException;

    /// Opens a client's channel to a kernel.
    /// @throws NodeProblem `unknown-kernel`
    Channel openKernel(Orders.OpenKernel order, Channel.Bell bell);

    /// Connects to an app's unix socket.
    /// @throws NodeProblem `unknown-app`
    java.nio.channels.SocketChannel dial(Orders.OpenDial order) throws java.io.IOException;

    /// A client's channel: messages are pulled as the link has room, so a slow client slows nobody else.
    interface Channel {
        /// The next message for this client, or null when there is none now; then the bell rings when there is one.
        @Nullable
        Message poll();

        /// A message from the client, as a v1 body.
        void received(byte[] v1);

        /// The client's socket has taken everything up to `seq`. What a dead connection took is lost with it: what the
        /// client has for certain is everything up to `confirmed`.
        void delivered(long seq, long confirmed);

        /// Why the channel ended, once [#poll] has given everything: the kernel is gone or another websocket took
        /// this session over. Null while it lives.
        Orders.@Nullable Closed ended();

        /// The client went away.
        void close();

        /// Rung from any thread when [#poll] has something again, or [#ended] has become true.
        interface Bell {
            void ring();
        }

        /// @param seq grows along one kernel's life; a client that returns says the last one it has
        /// @param v1 the message as a v1 websocket body
        record Message(long seq, byte[] v1) {}
    }
}

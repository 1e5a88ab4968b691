package sluice.gateway.doors.nodes;

import io.netty.buffer.ByteBuf;
import sluice.kernels.link.Orders;

/// Who listens to a stream of a lane. Everything here is called on the lane's event loop.
public interface NodeStream {
    /// The node has opened it; data may flow.
    void opened();

    /// A piece of data. The callee releases `payload`.
    /// @param last whether it ends a message
    /// @param seq the message's number on kernel streams, else 0
    void data(boolean last, long seq, ByteBuf payload);

    /// The node took so many bytes; as many more may be sent.
    void credit(long bytes);

    /// The node closed it.
    void closed(Orders.Closed why);

    /// The lane is gone, and the stream with it.
    void lost();
}

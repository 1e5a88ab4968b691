package sluice.gateway.doors.jupyter;

import io.netty.buffer.ByteBuf;
import sluice.gateway.doors.nodes.NodeStream;
import sluice.kernels.link.Orders;

/// Nobody listens any more.
enum Unheard implements NodeStream {
    INSTANCE;

    @Override
    public void opened() {}

    @Override
    public void data(boolean last, long seq, ByteBuf payload) {
        payload.release();
    }

    @Override
    public void credit(long bytes) {}

    @Override
    public void closed(Orders.Closed why) {}

    @Override
    public void lost() {}
}

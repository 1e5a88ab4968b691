package sluice.bench.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sluice.gateway.doors.nodes.NodeDoor;
import sluice.gateway.doors.nodes.NodeLane;
import sluice.gateway.doors.nodes.NodeStream;
import sluice.kernels.link.Link;
import sluice.kernels.link.LinkConfig;
import sluice.kernels.link.NodeDesk;
import sluice.kernels.link.Orders;

/// The product's own link, both ends as they are.
final class FramesCarrier implements Carrier {
    @Override
    public String title() {
        return "Sluice's frames";
    }

    @Override
    public void dial(Path folder, NodeDesk desk) {
        Link.open(new LinkConfig(folder, "bench", "bench", "1"), desk);
    }

    @Override
    public GatewayEnd listen(Path folder) throws Exception {
        var vertx =
                Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
        var context = (ContextInternal) vertx.getOrCreateContext();
        var loop = context.nettyEventLoop();
        var door = new NodeDoor(folder, 1, WINDOW);
        var streams = new ArrayList<GatewayStream>();
        var opened = new CountDownLatch(STREAMS);
        door.onArrival(number -> {
            var lane = java.util.Objects.requireNonNull(door.lane(number));
            for (int i = 0; i < STREAMS; i++) streams.add(new Stream(lane, loop, opened));
        });
        var listening = new CompletableFuture<Void>();
        context.runOnContext(now -> door.listen(vertx, 0)
                .onSuccess(server -> listening.complete(null))
                .onFailure(listening::completeExceptionally));
        listening.get(10, TimeUnit.SECONDS);
        return new GatewayEnd() {
            @Override
            public List<GatewayStream> streams() throws InterruptedException {
                if (!opened.await(20, TimeUnit.SECONDS)) throw new IllegalStateException("the node opened no streams");
                return streams;
            }

            @Override
            public void onLoop(Runnable work) {
                loop.execute(work);
            }
        };
    }

    /// Gives credit back as the kernel's websocket does: once per turn of the event loop.
    private static final class Stream extends GatewayStream implements NodeStream {
        private final NodeLane lane;
        private final EventLoop loop;
        private final CountDownLatch opened;
        private final int id;
        private int length;
        private long owed;
        private long seq;
        private boolean crediting;
        private boolean takes = true;

        Stream(NodeLane lane, EventLoop loop, CountDownLatch opened) {
            this.lane = lane;
            this.loop = loop;
            this.opened = opened;
            this.id = lane.open(new Orders.OpenKernel("kernel", "bench", "bench", null, false), this);
        }

        @Override
        public void opened() {
            opened.countDown();
        }

        @Override
        public void data(boolean last, long number, ByteBuf payload) {
            int bytes = payload.readableBytes();
            payload.release();
            length += bytes;
            owed += bytes;
            seq = number;
            credit();
            if (!last) return;
            int whole = length;
            length = 0;
            arrived(whole);
        }

        private void credit() {
            if (crediting || !takes) return;
            crediting = true;
            loop.execute(() -> {
                crediting = false;
                lane.credit(id, owed, seq, seq);
                owed = 0;
            });
        }

        @Override
        void send(byte[] message) {
            lane.send(id, message);
        }

        @Override
        void taking(boolean on) {
            takes = on;
            if (owed > 0) credit();
        }

        @Override
        public void credit(long bytes) {}

        @Override
        public void closed(Orders.Closed why) {
            broken(why);
        }

        @Override
        public void lost() {
            broken("the node is gone");
        }
    }
}

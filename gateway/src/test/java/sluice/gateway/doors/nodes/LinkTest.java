package sluice.gateway.doors.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.gateway.fleet.Nodes.NodeAway;
import sluice.kernels.link.Link;
import sluice.kernels.link.LinkConfig;
import sluice.kernels.link.NodeDesk;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders;
import tools.jackson.databind.JsonNode;

/// Both ends of the link, with a desk that echoes.
class LinkTest {
    private static final long WINDOW = 64 << 10;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    private final EchoDesk desk = new EchoDesk();
    private Path folder;
    private Context loop;
    private NodeDoor door;
    private Link link;

    @BeforeEach
    void bothEnds() throws Exception {
        folder = Files.createTempDirectory("link");
        loop = vertx.getOrCreateContext();
        door = new NodeDoor(folder, 1, WINDOW);
        onLoop(() -> door.listen(vertx, 0))
                .join()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        link = dial();
    }

    private Link dial() {
        return Link.open(new LinkConfig(folder, "here", "test", "1"), desk);
    }

    @AfterEach
    void noEnd() throws Exception {
        link.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    @Test
    void aCallIsAnsweredOrRefusedInTheNodesWords() throws Exception {
        assertThat(door.call("echo", new Orders.KernelRef("k"), Orders.KernelRef.class)
                        .id())
                .isEqualTo("k");
        assertThatThrownBy(() -> door.call("refuse", new Orders.KernelRef("k"), Orders.KernelRef.class))
                .isInstanceOfSatisfying(NodeProblem.class, e -> {
                    assertThat(e.code()).isEqualTo("limit");
                    assertThat(e.reason()).isEqualTo("too many");
                });
        assertThatThrownBy(() -> door.call("break", new Orders.KernelRef("k"), Orders.KernelRef.class))
                .isInstanceOfSatisfying(
                        NodeProblem.class, e -> assertThat(e.code()).isEqualTo("internal"));
    }

    @Test
    void messagesOfEverySizeComeWholeAndInOrderBothWays() throws Exception {
        var client = new Client();
        client.open("k");
        var random = new Random(1);
        for (int size : new int[] {0, 1, 1000, 128 << 10, (128 << 10) + 1, 3 << 20, 7, 70_000}) {
            var message = new byte[size];
            random.nextBytes(message);
            client.send(message);
            assertThat(client.next()).isEqualTo(message);
        }
    }

    @Test
    void aNodeSendsNoFurtherThanTheWindowUntilTheClientIsDone() throws Exception {
        var client = new Client();
        client.takes = false;
        client.open("k");
        for (int i = 0; i < 100; i++) client.send(new byte[10_000]);
        assertThat(client.next()).hasSize(10_000);
        assertThat(door.call("echo", new Orders.KernelRef("k"), Orders.KernelRef.class)
                        .id())
                .isEqualTo("k");
        assertThat(client.got.get()).isLessThanOrEqualTo(WINDOW + 10_000);
        client.takes = true;
        onLoop(() -> {
                    client.give(client.owed);
                    return true;
                })
                .join();
        for (int i = 1; i < 100; i++) assertThat(client.next()).hasSize(10_000);
    }

    @Test
    void aStreamToWhatIsNotThereIsClosedWithTheReason() throws Exception {
        var client = new Client();
        client.open("unknown");
        assertThat(client.closed.get(5, TimeUnit.SECONDS).code()).isEqualTo("unknown-kernel");
    }

    @Test
    void aNodeThatGoesIsNoticedAndOneThatComesBackIsUsed() throws Exception {
        var client = new Client();
        client.open("k");
        client.send(new byte[] {1});
        assertThat(client.next()).hasSize(1);
        link.close();
        client.lost.get(5, TimeUnit.SECONDS);
        assertThat(desk.open).isEmpty();
        link = dial();
        assertThat(door.call("echo", new Orders.KernelRef("back"), Orders.KernelRef.class)
                        .id())
                .isEqualTo("back");
    }

    @Test
    void aCallWithoutANodeSaysSo() {
        var lonely = new NodeDoor(folder, 1, WINDOW);
        assertThat(lonely.connected()).isFalse();
        assertThatThrownBy(() -> lonely.call("echo", new Orders.KernelRef("k"), Orders.KernelRef.class))
                .isInstanceOf(NodeAway.class);
    }

    @Test
    void bytesOfAnAppPassBothWaysAndTheEndIsTold() throws Exception {
        try (var app = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            desk.app = folder.resolve("app.sock");
            app.bind(UnixDomainSocketAddress.of(desk.app));
            Thread.ofVirtual().start(() -> {
                try (var one = app.accept()) {
                    var in = Channels.newInputStream(one);
                    var asked = in.readNBytes(300_000);
                    Channels.newOutputStream(one).write(asked);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            var client = new Client();
            client.dial();
            var asked = new byte[300_000];
            new Random(2).nextBytes(asked);
            client.send(asked);
            var answer = ByteBuffer.allocate(asked.length);
            while (answer.hasRemaining()) answer.put(client.next());
            assertThat(answer.array()).isEqualTo(asked);
            assertThat(client.closed.get(5, TimeUnit.SECONDS).code()).isEqualTo("end");
        }
    }

    private <T> CompletableFuture<T> onLoop(java.util.concurrent.Callable<T> work) {
        var done = new CompletableFuture<T>();
        loop.runOnContext(now -> {
            try {
                done.complete(work.call());
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    /// The gateway's side of one stream.
    private final class Client implements NodeStream {
        final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
        final CompletableFuture<Orders.Closed> closed = new CompletableFuture<>();
        final CompletableFuture<Boolean> lost = new CompletableFuture<>();
        final CompletableFuture<Boolean> opened = new CompletableFuture<>();
        final AtomicLong got = new AtomicLong();
        final ConcurrentLinkedQueue<byte[]> pieces = new ConcurrentLinkedQueue<>();
        volatile boolean takes = true;
        long owed;
        int stream;

        void open(String kernel) throws Exception {
            start(new Orders.OpenKernel("kernel", kernel, "s", null, false));
        }

        void dial() throws Exception {
            start(new Orders.OpenDial("dial", "app"));
        }

        private void start(Object order) throws Exception {
            door.call("echo", new Orders.KernelRef("k"), Orders.KernelRef.class);
            onLoop(() -> stream = lane().open(order, this)).get(5, TimeUnit.SECONDS);
            CompletableFuture.anyOf(opened, closed).get(5, TimeUnit.SECONDS);
        }

        private NodeLane lane() {
            return java.util.Objects.requireNonNull(door.lane(0));
        }

        void send(byte[] message) {
            loop.runOnContext(now -> lane().send(stream, message));
        }

        byte[] next() throws InterruptedException {
            var message = messages.poll(10, TimeUnit.SECONDS);
            assertThat(message).as("a message within 10 s").isNotNull();
            return message;
        }

        void give(long bytes) {
            lane().credit(stream, bytes, 0, 0);
        }

        @Override
        public void opened() {
            opened.complete(true);
        }

        @Override
        public void data(boolean last, long seq, ByteBuf payload) {
            var bytes = new byte[payload.readableBytes()];
            payload.readBytes(bytes).release();
            got.addAndGet(bytes.length);
            pieces.add(bytes);
            if (takes) give(bytes.length);
            else owed += bytes.length;
            if (!last) return;
            var whole = new java.io.ByteArrayOutputStream();
            for (var piece = pieces.poll(); piece != null; piece = pieces.poll()) whole.writeBytes(piece);
            messages.add(whole.toByteArray());
        }

        @Override
        public void credit(long bytes) {}

        @Override
        public void closed(Orders.Closed why) {
            closed.complete(why);
        }

        @Override
        public void lost() {
            lost.complete(true);
        }
    }

    /// A node whose kernels send back what they get.
    private static final class EchoDesk implements NodeDesk {
        final ConcurrentLinkedQueue<Channel> open = new ConcurrentLinkedQueue<>();
        volatile @Nullable Path app;

        @Override
        public Object call(String op, JsonNode arguments) {
            return switch (op) {
                case "echo" -> arguments;
                case "refuse" -> throw new NodeProblem("limit", "too many");
                default -> throw new IllegalStateException("broken");
            };
        }

        @Override
        public Channel openKernel(Orders.OpenKernel order, Channel.Bell bell) {
            if (order.kernel().equals("unknown")) throw new NodeProblem("unknown-kernel", "no such kernel");
            var channel = new EchoChannel(this, bell);
            open.add(channel);
            return channel;
        }

        @Override
        public SocketChannel dial(Orders.OpenDial order) throws IOException {
            return SocketChannel.open(UnixDomainSocketAddress.of(java.util.Objects.requireNonNull(app)));
        }
    }

    private record EchoChannel(
            EchoDesk desk, NodeDesk.Channel.Bell bell, ConcurrentLinkedQueue<byte[]> waiting, AtomicLong seq)
            implements NodeDesk.Channel {
        EchoChannel(EchoDesk desk, Bell bell) {
            this(desk, bell, new ConcurrentLinkedQueue<>(), new AtomicLong());
        }

        @Override
        public @Nullable Message poll() {
            var next = waiting.poll();
            return next == null ? null : new Message(seq.incrementAndGet(), next);
        }

        @Override
        public void received(byte[] v1) {
            waiting.add(v1);
            bell.ring();
        }

        @Override
        public void delivered(long seq, long confirmed) {}

        @Override
        public Orders.@Nullable Closed ended() {
            return null;
        }

        @Override
        public void close() {
            desk.open.remove(this);
        }
    }
}

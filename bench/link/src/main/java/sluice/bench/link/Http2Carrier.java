package sluice.bench.link;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sluice.kernels.link.NodeDesk;
import sluice.kernels.link.Orders;

/// HTTP/2 without TLS, the client's and the server's of Vert.x: a request whose two bodies never end is a stream, and
/// a message in it is `u32 length` and its bytes.
final class Http2Carrier implements Carrier {
    /// A stream that nobody reads keeps its window; the connection's must have room for its neighbours.
    private static final int CONNECTION_WINDOW = 16 * WINDOW;

    @Override
    public String title() {
        return "HTTP/2";
    }

    private static Vertx vertx() {
        return Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    }

    private static SocketAddress socket(Path folder) {
        return SocketAddress.domainSocketAddress(folder.resolve("http.sock").toString());
    }

    private static Http2Settings settings() {
        return new Http2Settings().setInitialWindowSize(WINDOW);
    }

    private static Buffer framed(byte[] message) {
        return Buffer.buffer(4 + message.length).appendInt(message.length).appendBytes(message);
    }

    // ---- the node

    @Override
    public void dial(Path folder, NodeDesk desk) throws Exception {
        var options = new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setInitialSettings(settings())
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW);
        var client = vertx().createHttpClient(options, new PoolOptions().setHttp2MaxSize(1));
        var to = new RequestOptions()
                .setServer(socket(folder))
                .setHost("gateway")
                .setMethod(HttpMethod.POST)
                .setURI("/stream");
        for (int i = 0; i < STREAMS; i++) {
            client.request(to).onFailure(Throwable::printStackTrace).onSuccess(request -> serve(request, desk));
        }
    }

    private static void serve(HttpClientRequest request, NodeDesk desk) {
        var out = new Http2Batch(request);
        var pump = new Pump(() -> !request.writeQueueFull(), out::add, out::flush);
        var bell = new Object() {
            NodeDesk.Channel.Bell ring = () -> {};
        };
        var channel =
                desk.openKernel(new Orders.OpenKernel("kernel", "bench", "bench", null, false), () -> bell.ring.ring());
        bell.ring = () -> pump.run(channel);
        request.drainHandler(drained -> pump.run(channel));
        var messages = new Http2Messages.Whole(channel::received);
        request.setChunked(true);
        request.response().onFailure(Throwable::printStackTrace).onSuccess(answer -> answer.handler(messages));
        request.sendHead();
    }

    // ---- the gateway

    @Override
    public GatewayEnd listen(Path folder) throws Exception {
        var vertx = vertx();
        var context = (ContextInternal) vertx.getOrCreateContext();
        var streams = new CopyOnWriteArrayList<GatewayStream>();
        var opened = new CountDownLatch(STREAMS);
        var options =
                new HttpServerOptions().setInitialSettings(settings()).setHttp2ConnectionWindowSize(CONNECTION_WINDOW);
        var listening = new CompletableFuture<Void>();
        context.runOnContext(now -> vertx.createHttpServer(options)
                .requestHandler(request -> {
                    streams.add(new Stream(request));
                    request.response().writeHead();
                    opened.countDown();
                })
                .listen(socket(folder))
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
                context.runOnContext(now -> work.run());
            }
        };
    }

    private static final class Stream extends GatewayStream {
        private final HttpServerRequest request;

        Stream(HttpServerRequest request) {
            this.request = request;
            request.handler(new Http2Messages.Lengths(this::arrived));
            request.exceptionHandler(this::broken);
        }

        @Override
        void send(byte[] message) {
            request.response().write(framed(message));
        }

        @Override
        void taking(boolean on) {
            if (on) request.resume();
            else request.pause();
        }
    }
}

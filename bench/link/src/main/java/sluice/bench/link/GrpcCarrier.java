package sluice.bench.link;

import io.grpc.CallOptions;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import sluice.kernels.link.NodeDesk;
import sluice.kernels.link.Orders;

/// gRPC's bidirectional streams at their best for this work: bytes as they are instead of protobuf, everything on the
/// connection's event loop instead of an executor's threads.
final class GrpcCarrier implements Carrier {
    private static final int LARGEST = 64 << 20;
    private static final MethodDescriptor<InputStream, InputStream> STREAM = MethodDescriptor.newBuilder(
                    GrpcBytes.MARSHALLER, GrpcBytes.MARSHALLER)
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName("sluice.Link/Stream")
            .build();

    @Override
    public String title() {
        return "gRPC streams";
    }

    private static MultiThreadIoEventLoopGroup oneLoop() {
        return new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    }

    private static DomainSocketAddress socket(Path folder) {
        return new DomainSocketAddress(folder.resolve("grpc.sock").toString());
    }

    // ---- the node

    @Override
    public void dial(Path folder, NodeDesk desk) {
        var channel = NettyChannelBuilder.forAddress(socket(folder), InsecureChannelCredentials.create())
                .channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class)
                .eventLoopGroup(oneLoop())
                .directExecutor()
                .overrideAuthority("gateway")
                .flowControlWindow(WINDOW)
                .maxInboundMessageSize(LARGEST)
                .build();
        for (int i = 0; i < STREAMS; i++)
            ClientCalls.asyncBidiStreamingCall(channel.newCall(STREAM, CallOptions.DEFAULT), new NodeStream(desk));
    }

    private static final class NodeStream implements ClientResponseObserver<InputStream, InputStream> {
        private final NodeDesk.Channel channel;
        private @Nullable Pump pump;

        NodeStream(NodeDesk desk) {
            channel = desk.openKernel(new Orders.OpenKernel("kernel", "bench", "bench", null, false), this::pump);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<InputStream> requests) {
            pump = new Pump(requests::isReady, message -> requests.onNext(new GrpcBytes(message)), () -> {});
            requests.setOnReadyHandler(this::pump);
        }

        private void pump() {
            if (pump != null) pump.run(channel);
        }

        @Override
        public void onNext(InputStream message) {
            try (message) {
                channel.received(message.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void onError(Throwable e) {
            e.printStackTrace();
        }

        @Override
        public void onCompleted() {}
    }

    // ---- the gateway

    @Override
    public GatewayEnd listen(Path folder) throws IOException {
        var loops = oneLoop();
        var streams = new CopyOnWriteArrayList<GatewayStream>();
        var opened = new CountDownLatch(STREAMS);
        NettyServerBuilder.forAddress(socket(folder), InsecureServerCredentials.create())
                .channelType(EpollServerDomainSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .directExecutor()
                .flowControlWindow(WINDOW)
                .maxInboundMessageSize(LARGEST)
                .addService(ServerServiceDefinition.builder("sluice.Link")
                        .addMethod(STREAM, ServerCalls.asyncBidiStreamingCall(out -> {
                            var stream = new Stream((ServerCallStreamObserver<InputStream>) out);
                            streams.add(stream);
                            opened.countDown();
                            return stream.in;
                        }))
                        .build())
                .build()
                .start();
        return new GatewayEnd() {
            @Override
            public List<GatewayStream> streams() throws InterruptedException {
                if (!opened.await(20, TimeUnit.SECONDS)) throw new IllegalStateException("the node opened no streams");
                return streams;
            }

            @Override
            public void onLoop(Runnable work) {
                loops.execute(work);
            }
        };
    }

    private static final class Stream extends GatewayStream {
        private final ServerCallStreamObserver<InputStream> out;
        private boolean takes = true;
        private int owed;

        Stream(ServerCallStreamObserver<InputStream> out) {
            this.out = out;
            out.disableAutoRequest();
            out.request(1);
        }

        final StreamObserver<InputStream> in = new StreamObserver<>() {
            @Override
            public void onNext(InputStream message) {
                int length;
                try (message) {
                    length = message.available();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                if (takes) out.request(1);
                else owed++;
                arrived(length);
            }

            @Override
            public void onError(Throwable e) {
                broken(e);
            }

            @Override
            public void onCompleted() {}
        };

        @Override
        void send(byte[] message) {
            out.onNext(new GrpcBytes(message));
        }

        @Override
        void taking(boolean on) {
            takes = on;
            if (!on || owed == 0) return;
            int due = owed;
            owed = 0;
            out.request(due);
        }
    }
}

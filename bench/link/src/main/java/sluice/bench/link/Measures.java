package sluice.bench.link;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// The measurements, made on the gateway's side of one connection.
final class Measures {
    private static final int SMALL = 600;
    private static final int LARGE = 1_000_000;
    /// From an order to flood until the flood is steady.
    private static final long SETTLE_MS = 150;
    private static final int LEAST_CYCLES = 3;
    private static final int MOST_CYCLES = 7;
    /// Beyond so many calls the JVM compiles little anew.
    private static final int WARM_TRIPS = 60_000;

    private final Carrier.GatewayEnd gateway;
    private final NodeProcess node;
    private final GatewayStream stream;
    private final GatewayStream neighbour;

    Measures(Carrier.GatewayEnd gateway, NodeProcess node) throws Exception {
        this.gateway = gateway;
        this.node = node;
        var streams = gateway.streams();
        this.stream = streams.get(0);
        this.neighbour = streams.get(1);
    }

    /// What each measurement does, until both programs are compiled: on a busy machine that takes as many messages, and
    /// longer.
    void warmUp() throws Exception {
        int trips = 0;
        for (int cycle = 0; cycle < MOST_CYCLES && (cycle < LEAST_CYCLES || trips < WARM_TRIPS); cycle++) {
            trips += roundTrips(BenchDesk.ECHO, 300).sorted.length;
            flood(stream, SMALL, 200);
            trips += roundTrips(BenchDesk.ECHO_ELSEWHERE, 300).sorted.length;
            flood(neighbour, LARGE, 200);
        }
    }

    /// Each figure once. Short, and to be taken several times: a slow moment of the machine then costs one take.
    Map<Figure, Double> take() throws Exception {
        var figures = new EnumMap<Figure, Double>(Figure.class);
        var echo = roundTrips(BenchDesk.ECHO, 300);
        figures.put(Figure.ECHO_P50, echo.percentile(50));
        figures.put(Figure.ECHO_P99, echo.percentile(99));
        figures.put(Figure.ECHO_CPU, echo.cpu());
        var elsewhere = roundTrips(BenchDesk.ECHO_ELSEWHERE, 300);
        figures.put(Figure.ELSEWHERE_P50, elsewhere.percentile(50));
        figures.put(Figure.ELSEWHERE_P99, elsewhere.percentile(99));
        figures.put(Figure.ELSEWHERE_CPU, elsewhere.cpu());

        var small = flood(stream, SMALL, 350);
        figures.put(Figure.SMALL_RATE, small.rate());
        figures.put(Figure.SMALL_CPU_GATEWAY, small.micros(small.gatewayCpu));
        figures.put(Figure.SMALL_CPU_NODE, small.micros(small.nodeCpu));
        var large = flood(stream, LARGE, 350);
        figures.put(Figure.LARGE_RATE, large.rate() * LARGE / 1e6);
        figures.put(Figure.LARGE_CPU, large.micros(large.gatewayCpu + large.nodeCpu));

        var loud = new Flood(neighbour, LARGE);
        Thread.sleep(SETTLE_MS);
        long messages = loud.messages.get();
        long began = System.nanoTime();
        var beside = roundTrips(BenchDesk.ECHO, 400);
        figures.put(Figure.NEIGHBOUR_FLOOD, (loud.messages.get() - messages) * (LARGE / 1e6) / seconds(began));
        figures.put(Figure.NEIGHBOUR_P50, beside.percentile(50));
        figures.put(Figure.NEIGHBOUR_P99, beside.percentile(99));
        loud.stop();

        onLoop(() -> neighbour.taking(false));
        var unread = new Flood(neighbour, LARGE);
        Thread.sleep(SETTLE_MS);
        var stalled = roundTrips(BenchDesk.ECHO, 200);
        figures.put(Figure.STALLED_P50, stalled.percentile(50));
        figures.put(Figure.STALLED_P99, stalled.percentile(99));
        onLoop(() -> neighbour.taking(true));
        unread.stop();
        return figures;
    }

    /// The node may go now.
    void over() throws Exception {
        onLoop(stream::over);
        onLoop(neighbour::over);
    }

    private static double seconds(long began) {
        return (System.nanoTime() - began) / 1e9;
    }

    private void onLoop(Runnable work) throws Exception {
        var done = new CompletableFuture<Void>();
        gateway.onLoop(() -> {
            try {
                work.run();
                done.complete(null);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        done.get(10, TimeUnit.SECONDS);
    }

    // ---- round trips

    /// @param sorted nanoseconds of each
    /// @param cpu microseconds of processor time for one, both programs
    private record RoundTrips(long[] sorted, double cpu) {
        double percentile(int percent) {
            return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)] / 1e3;
        }
    }

    /// One message at a time, each sent when the one before is back.
    private RoundTrips roundTrips(byte order, long millis) throws Exception {
        var message = new byte[SMALL];
        message[0] = order;
        var done = new CompletableFuture<long[]>();
        long cpu = ProcessorTime.ofThisProcess() + node.processorTime();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        onLoop(() -> {
            stream.reader(new GatewayStream.Reader() {
                private long[] times = new long[1 << 16];
                private int count;
                private long sent = System.nanoTime();

                @Override
                public void message(int length) {
                    long now = System.nanoTime();
                    if (length != SMALL) {
                        done.completeExceptionally(new IllegalStateException("an echo of " + length + " bytes"));
                        return;
                    }
                    if (count == times.length) times = Arrays.copyOf(times, count * 2);
                    times[count++] = now - sent;
                    if (now >= end) {
                        done.complete(Arrays.copyOf(times, count));
                        return;
                    }
                    sent = now;
                    stream.send(message);
                }
            });
            stream.send(message);
        });
        var times = done.get(millis + 10_000, TimeUnit.MILLISECONDS);
        cpu = ProcessorTime.ofThisProcess() + node.processorTime() - cpu;
        Arrays.sort(times);
        return new RoundTrips(times, cpu / 1e3 / times.length);
    }

    // ---- floods

    private record Flow(long messages, double seconds, long gatewayCpu, long nodeCpu) {
        double rate() {
            return messages / seconds;
        }

        double micros(long nanos) {
            return nanos / 1e3 / messages;
        }
    }

    private Flow flood(GatewayStream on, int size, long millis) throws Exception {
        var flood = new Flood(on, size);
        Thread.sleep(SETTLE_MS);
        long gatewayCpu = ProcessorTime.ofThisProcess();
        long nodeCpu = node.processorTime();
        long messages = flood.messages.get();
        long began = System.nanoTime();
        Thread.sleep(millis);
        double seconds = seconds(began);
        messages = flood.messages.get() - messages;
        gatewayCpu = ProcessorTime.ofThisProcess() - gatewayCpu;
        nodeCpu = node.processorTime() - nodeCpu;
        flood.stop();
        if (messages == 0) throw new IllegalStateException("no message of %d bytes came".formatted(size));
        return new Flow(messages, seconds, gatewayCpu, nodeCpu);
    }

    /// The node sends as fast as it is let, from the order until [#stop].
    private final class Flood {
        final AtomicLong messages = new AtomicLong();
        private final CompletableFuture<Void> stopped = new CompletableFuture<>();
        private final GatewayStream on;

        Flood(GatewayStream on, int size) throws Exception {
            this.on = on;
            onLoop(() -> {
                on.reader(length -> {
                    if (length == size) messages.lazySet(messages.getPlain() + 1);
                    else if (length == BenchDesk.STOPPED) stopped.complete(null);
                    else stopped.completeExceptionally(new IllegalStateException("a message of " + length + " bytes"));
                });
                on.send(BenchDesk.flood(size));
            });
        }

        void stop() throws Exception {
            onLoop(() -> on.send(new byte[] {BenchDesk.STOP}));
            stopped.get(10, TimeUnit.SECONDS);
        }
    }
}

package sluice.kernels.line;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import sluice.kernels.zmtp.ZmtpLoop;

/// Measures a line with the no-op kernel, by hand: `java -cp … sluice.kernels.line.LineBench`. CPU is this process's,
/// with the pulling client in it; the kernel's is not counted.
final class LineBench {
    private LineBench() {}

    public static void main(String[] args) throws Exception {
        try (var loop = new ZmtpLoop("zmtp-bench");
                var kernel = TestKernel.noop();
                var line = new KernelLine(
                        "bench",
                        loop,
                        new LineLimits(64 << 20, Duration.ofHours(1), Duration.ofSeconds(10), 0),
                        Clock.systemUTC(),
                        () -> {})) {
            line.connect(kernel.info, Duration.ofSeconds(20)).get();
            try (var client = new TestClient(line, "bench")) {
                if (args.length > 0) {
                    while (true) blast(client, 50_000, 100, "display");
                }
                roundTrips(client, 2000);
                roundTrips(client, 2000);
                for (int i = 0; i < 4; i++) blast(client, 50_000, 100, "display");
                blast(client, 50_000, 100, "stream");
                blast(client, 20_000, 2_000, "display");
                for (int i = 0; i < 2; i++) blast(client, 200, 1_000_000, "display");
                for (int i = 0; i < 3; i++) blast(client, 50, 10_000_000, "buffer");
            }
        }
    }

    private static void roundTrips(TestClient client, int count) throws Exception {
        var times = new long[count];
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            var request = client.execute("");
            boolean reply = false;
            boolean idle = false;
            while (!reply || !idle) {
                var seen = client.take();
                if (!seen.parent().equals(request)) continue;
                if (seen.type().equals("execute_reply")) reply = true;
                else if (seen.content().get("execution_state").stringValue().equals("idle")) idle = true;
            }
            times[i] = System.nanoTime() - start;
        }
        Arrays.sort(times);
        System.out.printf(
                Locale.ROOT,
                "round trip p50 %.3f ms, p99 %.3f ms%n",
                times[count / 2] / 1e6,
                times[count * 99 / 100] / 1e6);
    }

    private static void blast(TestClient client, int count, int size, String kind) throws Exception {
        var machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        client.execute("blast " + count + " " + size + " " + kind);
        int seen = 0;
        long bytes = 0;
        long first = 0;
        long cpu = 0;
        while (true) {
            var message = client.raw();
            // As the link does it: a credit now and then, not one for each message.
            if (size > 64_000 || seen % 100 == 99) client.channel.delivered(message.seq(), message.seq());
            if (message.v1().length < size) continue; // statuses of about the same size as small payloads are counted
            if (++seen == 1) {
                first = System.nanoTime();
                cpu = machine.getProcessCpuTime();
            }
            bytes += message.v1().length;
            if (seen == count) break;
        }
        double seconds = (System.nanoTime() - first) / 1e9;
        double micros = (machine.getProcessCpuTime() - cpu) / 1e3 / count;
        System.out.printf(
                Locale.ROOT,
                "%d x %d B %s: %.0f msgs/s, %.0f MB/s, %.2f us CPU per message, %.2f GB per CPU second%n",
                count,
                size,
                kind,
                count / seconds,
                bytes / seconds / 1e6,
                micros,
                bytes / 1e9 / (micros * count / 1e6));
        client.channel.delivered(client.last, client.last);
        while (!client.drain().isEmpty()) Thread.onSpinWait();
    }
}

package sluice.bench.link;

import io.grpc.ManagedChannel;
import io.netty.channel.Channel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the figures were measured on, and with what.
final class Machine {
    private Machine() {}

    static Map<String, Object> describe() throws IOException {
        var machine = new LinkedHashMap<String, Object>();
        machine.put("cpu", entry("/proc/cpuinfo", "model name"));
        machine.put("cores", Runtime.getRuntime().availableProcessors());
        long kib = Long.parseLong(entry("/proc/meminfo", "MemTotal").replaceAll("\\D", ""));
        machine.put("memory_gib", Math.round(kib * 10.0 / (1 << 20)) / 10.0);
        machine.put("kernel", System.getProperty("os.version"));
        machine.put("virtual", Files.readString(Path.of("/proc/cpuinfo")).contains("hypervisor"));
        return machine;
    }

    static Map<String, Object> versions() {
        var versions = new LinkedHashMap<String, Object>();
        versions.put("java", System.getProperty("java.vm.vendor") + " " + Runtime.version());
        versions.put("java_options", Jvm.OPTIONS);
        versions.put("vertx", version(Vertx.class));
        versions.put("netty", version(Channel.class));
        versions.put("grpc", version(ManagedChannel.class));
        return versions;
    }

    /// Processes that want a processor, on average over the last minute; beyond 0 at the start, others are at work.
    static double load() throws IOException {
        var words = Files.readString(Path.of("/proc/loadavg"));
        return Double.parseDouble(words.substring(0, words.indexOf(' ')));
    }

    private static String version(Class<?> type) {
        var version = type.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    private static String entry(String file, String key) throws IOException {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("0 unknown");
        }
    }
}

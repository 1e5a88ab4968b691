package sluice.gateway.cli;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import sluice.gateway.up.ReadyFile;

/// `sluice status`.
@Command(name = "status", description = "How the pool is.", mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {
    @Mixin
    WhichPool which = new WhichPool();

    @Override
    public Integer call() throws InterruptedException {
        var pool = which.connect();
        var status = pool.get("/api/v1/status");
        which.show(status, () -> {
            var out = which.out();
            var node = status.path("node");
            out.println("address   " + pool.pool());
            out.println("version   " + status.path("version").asString(""));
            ReadyFile.read(which.options.data().resolve("ready.json"))
                    .filter(ready -> ready.url().equals(pool.pool().toString()))
                    .ifPresent(ready -> out.println("processes " + processes(ready.pids())));
            if (!status.path("connected").asBoolean(false)) {
                out.println("node      away: kernels cannot be reached until it is back");
                return;
            }
            out.println("node      %s, up %s"
                    .formatted(
                            node.path("node").asString(""),
                            Ago.words(Duration.ofSeconds(
                                    node.path("uptimeSeconds").asLong(0)))));
            out.println("sandbox   " + node.path("sandbox").asString(""));
            var warning = node.path("warning").asString("");
            if (!warning.isEmpty()) out.println("          " + warning);
            var noGpus = node.path("whyNoGpus").asString("");
            if (!noGpus.isEmpty()) out.println("gpus      none: " + noGpus);
            node.path("gpus").forEach(card -> out.println("gpus      " + card.asString("")));
            out.println("kernels   " + node.path("kernels").asString("0"));
            out.println("apps      " + node.path("apps").asString("0"));
            node.path("brokenSpecs")
                    .forEachEntry(
                            (name, why) -> out.println("broken kernelspec %s: %s".formatted(name, why.asString(""))));
        });
        return 0;
    }

    private static String processes(Map<String, Long> pids) {
        return pids.entrySet().stream()
                .map(entry -> entry.getKey() + " " + entry.getValue())
                .collect(Collectors.joining(", "));
    }
}

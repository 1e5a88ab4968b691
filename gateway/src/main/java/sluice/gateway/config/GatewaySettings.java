package sluice.gateway.config;

import static sluice.gateway.config.BadValue.check;

import java.time.Duration;
import java.util.List;

/// The doors. `sluice.example.yaml` gives each key's reason.
/// @param port 0 takes any free one
/// @param basePath what every path begins with: empty, or `/pool`
/// @param hosts further `Host` names to answer to while listening on loopback
/// @param clientEnvironment names of variables that clients may set besides `KERNEL_*`; `OMP_*` means all that begin so
/// @param eventLoops 0 for one per processor
public record GatewaySettings(
        String host,
        int port,
        String basePath,
        List<String> hosts,
        List<String> clientEnvironment,
        Size heap,
        int eventLoops,
        int connections,
        Duration headersWithin,
        Duration bodyWithin,
        Duration idleConnection,
        Size largestBody,
        Size largestMessage,
        Duration ping,
        Duration silence,
        boolean accessLog) {
    static final GatewaySettings DEFAULT = new GatewaySettings(
            "127.0.0.1",
            8899,
            "",
            List.of(),
            List.of(),
            Size.mebibytes(768),
            0,
            20_000,
            Duration.ofSeconds(20),
            Duration.ofMinutes(1),
            Duration.ofMinutes(3),
            Size.mebibytes(16),
            Size.mebibytes(512),
            Duration.ofSeconds(30),
            Duration.ofSeconds(90),
            true);

    public GatewaySettings {
        hosts = List.copyOf(hosts);
        clientEnvironment = List.copyOf(clientEnvironment);
        check(
                !host.isBlank(),
                "host",
                "needs an address, such as 127.0.0.1, or 0.0.0.0 for every one of this machine's");
        check(port >= 0 && port <= 65_535, "port", "must be 1 to 65535, or 0 for any free one, not " + port);
        check(
                basePath.isEmpty() || basePath.matches("(/[A-Za-z0-9._~-]+)+"),
                "base-path",
                "must look like /pool, without a slash at the end, not \"%s\"".formatted(basePath));
        for (var name : clientEnvironment) BadValue.checkVariable(name, "client-environment");
        check(heap.mebibytes() >= 64, "heap", "must be at least 64 MiB");
        check(
                eventLoops >= 0 && eventLoops <= 256,
                "event-loops",
                "must be 0 (one per processor) to 256, not " + eventLoops);
        check(connections > 0, "connections", "must be at least 1, not " + connections);
        check(headersWithin.isPositive(), "headers-within", "must be more than 0");
        check(bodyWithin.isPositive(), "body-within", "must be more than 0");
        check(idleConnection.isPositive(), "idle-connection", "must be more than 0");
        check(largestBody.bytes() <= Integer.MAX_VALUE, "largest-body", "must be at most 2047 MiB");
        check(
                largestMessage.bytes() >= 1 << 20 && largestMessage.bytes() <= Integer.MAX_VALUE,
                "largest-message",
                "must be between 1 MiB and 2047 MiB");
        check(
                ping.isZero() || silence.compareTo(ping) > 0,
                "silence",
                "must be longer than ping, or every websocket is closed before its answer can come");
    }

    public GatewaySettings at(String otherHost, int otherPort) {
        return new GatewaySettings(
                otherHost,
                otherPort,
                basePath,
                hosts,
                clientEnvironment,
                heap,
                eventLoops,
                connections,
                headersWithin,
                bodyWithin,
                idleConnection,
                largestBody,
                largestMessage,
                ping,
                silence,
                accessLog);
    }
}

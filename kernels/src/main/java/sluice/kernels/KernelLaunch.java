package sluice.kernels;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders.Grant;
import sluice.kernels.link.Orders.StartKernel;
import sluice.kernels.sandbox.Limits;
import sluice.kernels.sandbox.Order;
import sluice.kernels.sandbox.Owner;
import sluice.kernels.sandbox.SandboxedProcess;
import sluice.kernels.sandbox.View;
import sluice.kernels.specs.KernelSpec;
import sluice.kernels.specs.KernelSpecs;
import sluice.kernels.specs.Program;
import sluice.kernels.wire.ConnectionInfo;

/// From an order and a kernelspec to a process with a connection file.
final class KernelLaunch {
    private static final Logger LOG = LoggerFactory.getLogger(KernelLaunch.class);
    private static final String CONNECTION_FILE = "connection.json";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Ground ground;
    private final KernelSpecs specs;
    private final List<Path> environments;
    private final Cards cards;
    private final Limits limits;

    KernelLaunch(Ground ground, KernelSpecs specs, List<Path> environments, Cards cards, Limits limits) {
        this.ground = ground;
        this.specs = specs;
        this.environments = environments;
        this.cards = cards;
        this.limits = limits;
    }

    record Launched(KernelSpec spec, ConnectionInfo connection, SandboxedProcess process) {}

    /// Starts the process; it speaks later, or never.
    Launched start(StartKernel order) {
        var spec = specs.spec(order.name());
        var owner = ground.owners().of(order.owner(), order.id());
        try {
            return start(order, spec, owner);
        } catch (IOException e) {
            LOG.warn("Kernel {} cannot be started: {}", order.id(), e.getMessage(), e);
            // "No space left on device" and the like; where on this machine is not the user's business.
            var reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
            throw failed(spec, "the node has a problem (%s)".formatted(reason == null ? e : reason));
        }
    }

    private Launched start(StartKernel order, KernelSpec spec, Owner owner) throws IOException {
        var prefix = prefix(spec);
        var path = ground.environment().of(owner, new View("", ""), prefix).getOrDefault("PATH", "");
        var program = Program.find(spec.argv().getFirst(), prefix, path)
                .orElseThrow(() -> failed(
                        spec,
                        "there is no program %s on this node (kernel.json is in %s)"
                                .formatted(spec.argv().getFirst(), spec.folder())));
        var readable = readable(spec, program);
        var room = ground.room(order.id());
        room.furnish();
        var view = ground.sandboxes().sandbox().view(owner, room, readable);

        var access = access(order, spec);
        var connection = connection(spec, view.room() + "/k", room.shared().resolve("k"));
        room.put(CONNECTION_FILE, connection.json());
        var process = ground.sandboxes()
                .sandbox()
                .start(new Order(
                        owner,
                        room,
                        argv(spec, prefix, program, view.room() + "/" + CONNECTION_FILE),
                        environment(order, spec, owner, view, prefix, access.env()),
                        folder(view, order.path()),
                        readable,
                        access.devices(),
                        limits(order.grant()),
                        ground.log(order.id())));
        return new Launched(spec, connection, process);
    }

    private Cards.Access access(StartKernel order, KernelSpec spec) {
        try {
            return cards.of(order.grant());
        } catch (Cards.Unusable e) {
            throw failed(spec, String.valueOf(e.getMessage()));
        }
    }

    private Limits limits(@Nullable Grant grant) {
        return grant == null ? limits : limits.granted(grant.cpus(), grant.memoryBytes());
    }

    static NodeProblem failed(KernelSpec spec, String reason) {
        return new NodeProblem("launch-failed", "Cannot start kernel \"%s\": %s".formatted(spec.name(), reason));
    }

    /// The environment whose `python` a kernel outside of all environments means: the best one.
    private @Nullable Path prefix(KernelSpec spec) {
        if (spec.prefix() != null) return spec.prefix();
        return environments.isEmpty() ? null : environments.getFirst();
    }

    private Set<Path> readable(KernelSpec spec, Path program) {
        var readable = new HashSet<>(Program.surroundings(program));
        for (var environment : environments) {
            readable.add(environment);
            readable.addAll(Program.surroundings(environment.resolve("bin/python")));
        }
        readable.add(spec.folder());
        return readable;
    }

    /// Sockets in the kernel's private folder; or where it can only do TCP, ports of the loopback that were free just
    /// now. In either case nobody else has the key.
    private static ConnectionInfo connection(KernelSpec spec, String inside, Path outside) throws IOException {
        var bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        var key = HexFormat.of().formatHex(bytes);
        if (spec.transport().equals("ipc"))
            return ConnectionInfo.ipc(inside, key, spec.name()).withHost(outside.toString());
        var ports = freePorts(5);
        return new ConnectionInfo(
                "tcp",
                "127.0.0.1",
                ports.get(0),
                ports.get(1),
                ports.get(2),
                ports.get(3),
                ports.get(4),
                "hmac-sha256",
                key,
                spec.name(),
                "127.0.0.1");
    }

    private static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < count; i++) sockets.add(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")));
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (var socket : sockets) socket.close();
        }
    }

    private static List<String> argv(KernelSpec spec, @Nullable Path prefix, Path program, String connectionFile) {
        var argv = new ArrayList<String>();
        for (var word : spec.argv()) {
            argv.add(word.replace("{connection_file}", connectionFile)
                    .replace("{resource_dir}", spec.folder().toString())
                    .replace("{prefix}", prefix == null ? "/usr" : prefix.toString()));
        }
        argv.set(0, program.toString());
        return argv;
    }

    private Map<String, String> environment(
            StartKernel order,
            KernelSpec spec,
            Owner owner,
            View view,
            @Nullable Path prefix,
            Map<String, String> visibleCards) {
        var base = ground.environment().of(owner, view, prefix);
        var env = new LinkedHashMap<>(base);
        spec.env().forEach((name, value) -> env.put(name, BaseEnvironment.substitute(value, base)));
        if (order.path() != null) env.put("JPY_SESSION_NAME", view.home() + "/" + order.path());
        env.putAll(order.env());
        // Whatever callers say, a kernel is who it is, and has what it was granted.
        env.keySet().removeIf(VisibleCards::decides);
        env.putAll(visibleCards);
        env.put("HOME", view.home());
        env.put("USER", owner.name());
        env.put("LOGNAME", owner.name());
        env.put("KERNEL_GATEWAY", "1");
        env.put("KERNEL_ID", order.id());
        env.put("KERNEL_USERNAME", owner.name());
        env.put("KERNEL_LANGUAGE", spec.language());
        env.remove("JPY_PARENT_PID");
        return env;
    }

    private static String folder(View view, @Nullable String path) {
        return path == null || path.isEmpty() ? view.home() : view.home() + "/" + path;
    }
}

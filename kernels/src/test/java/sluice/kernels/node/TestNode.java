package sluice.kernels.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import sluice.kernels.Cards;
import sluice.kernels.KernelsConfig;
import sluice.kernels.link.Orders;
import sluice.kernels.link.Orders.KernelModel;
import sluice.kernels.link.Orders.StartKernel;
import sluice.kernels.sandbox.Folders;
import sluice.kernels.sandbox.SandboxConfig;
import sluice.kernels.specs.SpecsConfig;
import sluice.metrics.Snapshot;
import sluice.metrics.gpu.Gpus;
import sluice.metrics.gpu.SimulatedGpus;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A node with data of its own, real kernels, and kernelspecs that misbehave as told.
final class TestNode implements AutoCloseable {
    private static final String PYTHON = System.getProperty("sluice.python", "python3");

    final Path data;
    final BlockingQueue<Orders.Event> events = new LinkedBlockingQueue<>();
    private static final String SIMULATED = "simulated:2xH100-80GiB";

    private final Supplier<Gpus> gpus;
    private final Path dev;
    private final NodeConfig config;
    private final Map<String, String> env = new HashMap<>(Map.of("LANG", "C.UTF-8", "NODE_SECRET", "s3cret"));
    private Node node;

    TestNode(String sandbox) throws Exception {
        this(sandbox, UnaryOperator.identity());
    }

    /// @param reachable whether any user of the machine may go through the node's folders
    TestNode(String sandbox, boolean reachable) throws Exception {
        this(sandbox, UnaryOperator.identity(), UnaryOperator.identity(), reachable);
    }

    TestNode(String sandbox, UnaryOperator<KernelsConfig> kernels) throws Exception {
        this(sandbox, kernels, UnaryOperator.identity(), false);
    }

    TestNode(String sandbox, UnaryOperator<KernelsConfig> kernels, UnaryOperator<SandboxConfig> limits)
            throws Exception {
        this(sandbox, kernels, limits, false);
    }

    /// A node whose people may keep so much in their homes.
    static TestNode withHomesOf(long bytes) throws Exception {
        return new TestNode(
                "auto",
                UnaryOperator.identity(),
                given -> new SandboxConfig(
                        given.kind(), given.hide(), given.devices(), given.firstUid(), given.limits(), bytes));
    }

    private TestNode(
            String sandbox,
            UnaryOperator<KernelsConfig> kernels,
            UnaryOperator<SandboxConfig> limits,
            boolean reachable)
            throws Exception {
        this(sandbox, kernels, limits, reachable, () -> SimulatedGpus.open(SIMULATED), Path.of("/dev"));
    }

    private TestNode(
            String sandbox,
            UnaryOperator<KernelsConfig> kernels,
            UnaryOperator<SandboxConfig> limits,
            boolean reachable,
            Supplier<Gpus> gpus,
            Path dev)
            throws Exception {
        this.gpus = gpus;
        this.dev = dev;
        var environment = prefix();
        data = Files.createTempDirectory(Path.of("/tmp"), "sl");
        if (reachable) {
            for (var folder : List.of(data, Files.createDirectory(data.resolve("run"))))
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        }
        var defaults = NodeConfig.defaults(data, env);
        var given = SandboxConfig.DEFAULTS;
        config = new NodeConfig(
                "test",
                data,
                data.resolve("run"),
                data.resolve("run"),
                SIMULATED,
                new SpecsConfig(
                        List.of(data.resolve("jupyter")), List.of(environment), null, false, List.of(Path.of("/usr"))),
                limits.apply(
                        new SandboxConfig(sandbox, given.hide(), given.devices(), given.firstUid(), given.limits(), 0)),
                kernels.apply(defaults.kernels()),
                defaults.line(),
                defaults.apps());
        node = open();
    }

    /// A node with those cards instead of two simulated ones.
    TestNode(String sandbox, Supplier<Gpus> gpus, Path dev) throws Exception {
        this(sandbox, UnaryOperator.identity(), UnaryOperator.identity(), false, gpus, dev);
    }

    private Node open() throws Exception {
        try {
            var cards = gpus.get();
            var opened = Node.open(config, env, cards, new Cards(cards, dev));
            opened.desk().listen(events::add);
            return opened;
        } catch (RuntimeException e) {
            Assumptions.assumeFalse(
                    config.sandbox().kind().equals("bubblewrap"), "bubblewrap does not work here: " + e.getMessage());
            throw e;
        }
    }

    /// The node program ends as if killed, and another one starts.
    void reopen() throws Exception {
        leave();
        node = open();
    }

    void leave() throws Exception {
        node.close();
    }

    void openAgain() throws Exception {
        node = open();
    }

    /// Where the Python with ipykernel is installed.
    static Path prefix() throws Exception {
        var look = new ProcessBuilder(PYTHON, "-c", "import ipykernel, sys; print(sys.prefix)")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var prefix = new String(look.getInputStream().readAllBytes()).strip();
        Assumptions.assumeTrue(look.waitFor() == 0, PYTHON + " has no ipykernel (set -Dsluice.python to one that has)");
        return Path.of(prefix);
    }

    /// Whether we are root and an ordinary user could run the environment's Python.
    static boolean anyUserRunsPython() throws Exception {
        var python = prefix().resolve("bin/python").toString();
        return new ProcessBuilder(
                                "setpriv",
                                "--reuid=200000",
                                "--regid=200000",
                                "--clear-groups",
                                "--inh-caps=-all",
                                "--bounding-set=-all",
                                "sh",
                                "-c",
                                "exec " + python + " -c 'import ipykernel'")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /// Installs a kernelspec that runs that command.
    void install(String name, String... argv) throws IOException {
        install(name, Map.of("argv", List.of(argv), "display_name", name, "language", "none"));
    }

    void install(String name, Map<String, Object> spec) throws IOException {
        installText(name, JsonMapper.shared().writeValueAsString(spec));
    }

    void installText(String name, String json) throws IOException {
        var folder = Files.createDirectories(data.resolve("jupyter/kernels").resolve(name));
        Files.writeString(folder.resolve("kernel.json"), json);
    }

    Desk desk() {
        return node.desk();
    }

    KernelModel start(String owner) throws Exception {
        return start(owner, "python3", Map.of(), null);
    }

    KernelModel start(String owner, String spec, Map<String, String> env, @Nullable String path) throws Exception {
        return model(call(Orders.KERNEL_START, new StartKernel(UUID.randomUUID().toString(), owner, spec, env, path)));
    }

    KernelModel start(String owner, Map<String, String> env, Orders.Grant grant) throws Exception {
        var id = UUID.randomUUID().toString();
        return model(call(Orders.KERNEL_START, new StartKernel(id, owner, "python3", env, null, grant)));
    }

    Snapshot snapshot() throws Exception {
        return (Snapshot) Objects.requireNonNull(call(Orders.SNAPSHOT, Map.of()));
    }

    KernelModel get(String id) throws Exception {
        return model(call(Orders.KERNEL_GET, new Orders.KernelRef(id)));
    }

    KernelModel restart(String id) throws Exception {
        return model(call(Orders.KERNEL_RESTART, new Orders.KernelRef(id)));
    }

    private static KernelModel model(@Nullable Object answer) {
        return (KernelModel) Objects.requireNonNull(answer);
    }

    Map<?, ?> status() throws Exception {
        return (Map<?, ?>) Objects.requireNonNull(call(Orders.NODE_STATUS, Map.of()));
    }

    void stop(String id) throws Exception {
        call(Orders.KERNEL_STOP, new Orders.KernelRef(id));
    }

    @Nullable
    Object call(String op, Object arguments) throws Exception {
        JsonNode json = JsonMapper.shared().valueToTree(arguments);
        return desk().call(op, json);
    }

    Client open(String kernel) {
        return new Client(desk(), kernel);
    }

    interface Condition {
        boolean holds() throws Exception;
    }

    static void await(String what, Condition condition) throws Exception {
        var deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) throw new TimeoutException(what);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    static boolean runs(long pid) {
        return ProcessHandle.of(pid).isPresent();
    }

    @Override
    public void close() throws Exception {
        node.stopAll();
        node.close();
        Folders.erase(data);
    }
}

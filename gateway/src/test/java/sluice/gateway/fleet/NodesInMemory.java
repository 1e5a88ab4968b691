package sluice.gateway.fleet;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.kernels.link.LinkJson;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders;
import sluice.kernels.link.Orders.KernelModel;
import sluice.metrics.Sampler;
import sluice.metrics.SamplerConfig;
import sluice.metrics.Snapshot;
import sluice.metrics.Tenant;
import sluice.metrics.gpu.SimulatedGpus;
import sluice.metrics.host.HostSampler;

/// A node without processes: it answers as one does, through the same JSON.
public final class NodesInMemory implements Nodes {
    public final Map<String, KernelModel> kernels = new ConcurrentHashMap<>();
    public final List<Orders.StartKernel> started = new CopyOnWriteArrayList<>();
    public final List<String> ops = new CopyOnWriteArrayList<>();
    public volatile boolean away;
    /// How many of the cards have fallen off the bus.
    public volatile int lost;

    public volatile String cards = "simulated:2xH100-80GiB";

    private final List<Consumer<Orders.Event>> listeners = new ArrayList<>();

    @Override
    public <T> T call(String op, Object arguments, Class<T> as) {
        if (away) throw new NodeAway("the node is not connected; try again shortly");
        ops.add(op);
        var result = answer(op, arguments);
        return LinkJson.MAPPER.readValue(LinkJson.MAPPER.writeValueAsBytes(result), as);
    }

    @Override
    public boolean connected() {
        return !away;
    }

    @Override
    public void onEvent(Consumer<Orders.Event> listener) {
        listeners.add(listener);
    }

    public void tell(Orders.Event event) {
        listeners.forEach(listener -> listener.accept(event));
    }

    private Object answer(String op, Object arguments) {
        return switch (op) {
            case Orders.KERNEL_START -> start((Orders.StartKernel) arguments);
            case Orders.KERNEL_LIST -> List.copyOf(kernels.values());
            case Orders.KERNEL_GET -> get(arguments);
            case Orders.KERNEL_STOP -> {
                kernels.remove(get(arguments).id());
                yield Map.of();
            }
            case Orders.KERNEL_INTERRUPT -> {
                get(arguments);
                yield Map.of();
            }
            case Orders.KERNEL_RESTART -> get(arguments);
            case Orders.SPECS -> installed();
            case Orders.SPEC_FILE -> file((Orders.SpecFile) arguments);
            case Orders.OWNER_STOP -> {
                var owner = ((Map<?, ?>) arguments).get("owner");
                kernels.values().removeIf(kernel -> kernel.owner().equals(owner));
                yield Map.of();
            }
            case Orders.SNAPSHOT -> snapshot();
            case Orders.NODE_STATUS ->
                Map.of(
                        "node", "test",
                        "sandbox", "plain",
                        "warning", "Kernels are not shut in: bubblewrap does not work here",
                        "kernels", kernels.size());
            default -> throw new NodeProblem("bad-request", "no op " + op);
        };
    }

    /// Of two simulated cards, one of which ada's kernel uses.
    private Snapshot snapshot() {
        try (var gpus = SimulatedGpus.open(cards)) {
            var tenants = List.of(new Tenant("k-ada", "ada", "", "", List.of()));
            var sampler = new Sampler(
                    "test", gpus, new HostSampler(), () -> tenants, SamplerConfig.standard(), Clock.systemUTC());
            gpus.occupy(gpus.cards().getFirst().uuid(), "k-ada", 4711, 3L << 30, 50);
            gpus.cards().stream().limit(lost).forEach(card -> gpus.fallOff(card.uuid()));
            return sampler.look();
        }
    }

    private KernelModel start(Orders.StartKernel order) {
        switch (order.name()) {
            case "broken" ->
                throw new NodeProblem("bad-spec", "Cannot start kernel \"broken\": its kernel.json is not JSON");
            case "dies" ->
                throw new NodeProblem(
                        "launch-failed", "Cannot start kernel \"dies\": it exited with 1: No module named x");
            case "full" -> throw new NodeProblem("limit", "You have 10 kernels already, which is the limit");
            case "python3", "ir" -> {}
            default -> throw new NodeProblem("unknown-spec", "Kernel spec " + order.name() + " not found");
        }
        started.add(order);
        var kernel = new KernelModel(
                order.id(),
                order.name(),
                order.owner(),
                "2026-11-23T07:00:00.000000Z",
                "starting",
                0,
                null,
                4711,
                "plain",
                "2026-11-23T07:00:00.000000Z",
                order.grant(),
                0);
        var there = kernels.putIfAbsent(order.id(), kernel);
        return there == null ? kernel : there;
    }

    private KernelModel get(Object reference) {
        var id = ((Orders.KernelRef) reference).id();
        var kernel = kernels.get(id);
        if (kernel == null) throw new NodeProblem("unknown-kernel", "Kernel does not exist: " + id);
        return kernel;
    }

    private static Orders.Specs installed() {
        return new Orders.Specs(
                "python3",
                List.of(spec("python3", "Python 3", "python"), spec("ir", "R", "R"), spec("dies", "Dies", "python")),
                Map.of("broken", "kernel.json is not JSON"));
    }

    private static Orders.Spec spec(String name, String shown, String language) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("argv", List.of(language, "-f", "{connection_file}"));
        json.put("display_name", shown);
        json.put("language", language);
        return new Orders.Spec(name, Map.copyOf(json), List.of("logo-64x64.png", "kernel.js"));
    }

    private static Object file(Orders.SpecFile file) {
        if (!file.name().equals("python3")) throw new NodeProblem("unknown-spec", "no kernelspec " + file.name());
        return switch (file.path()) {
            case "logo-64x64.png" -> encoded("not really a picture", "image/png");
            case "kernel.js" -> encoded("define([])", "text/javascript");
            default -> throw new NodeProblem("bad-request", "no file " + file.path());
        };
    }

    private static Object encoded(String text, String mime) {
        return Map.of(
                "base64", Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)), "mime", mime);
    }
}

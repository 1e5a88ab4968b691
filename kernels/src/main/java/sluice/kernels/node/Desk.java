package sluice.kernels.node;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.Ground;
import sluice.kernels.Kernels;
import sluice.kernels.apps.Apps;
import sluice.kernels.link.NodeDesk;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders;
import sluice.kernels.specs.KernelSpecs;
import sluice.kernels.specs.Resources;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where the gateway's orders are taken and handed to the room that does them.
public final class Desk implements NodeDesk {
    private static final Logger LOG = LoggerFactory.getLogger(Desk.class);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String name;
    private final Ground ground;
    private final KernelSpecs specs;
    private final Kernels kernels;
    private final Apps apps;
    private final Watch watch;
    private final List<String> warnings;
    private final Events events;
    private final Instant since = Instant.now();
    private final long sinceNanos = System.nanoTime();

    Desk(
            String name,
            Ground ground,
            KernelSpecs specs,
            Kernels kernels,
            Apps apps,
            Watch watch,
            List<String> warnings,
            Events events) {
        this.name = name;
        this.ground = ground;
        this.specs = specs;
        this.kernels = kernels;
        this.apps = apps;
        this.watch = watch;
        this.warnings = warnings;
        this.events = events;
    }

    /// Who is told what happens unasked; one at a time.
    public void listen(Consumer<Orders.Event> listener) {
        events.listen(listener);
    }

    @Override
    public @Nullable Object call(String op, JsonNode arguments) throws InterruptedException {
        return switch (op) {
            case Orders.KERNEL_START -> kernels.start(read(arguments, Orders.StartKernel.class));
            case Orders.KERNEL_LIST -> kernels.list();
            case Orders.KERNEL_GET -> kernels.get(kernel(arguments));
            case Orders.KERNEL_RESTART -> kernels.restart(kernel(arguments));
            case Orders.SPECS -> specs();
            case Orders.SPEC_FILE -> file(read(arguments, Orders.SpecFile.class));
            case Orders.APP_START -> apps.start(read(arguments, Orders.StartApp.class));
            case Orders.APP_LIST -> apps.list();
            case Orders.SNAPSHOT -> watch.latest();
            case Orders.NODE_STATUS -> status();
            default -> {
                obey(op, arguments);
                yield null;
            }
        };
    }

    private void obey(String op, JsonNode arguments) throws InterruptedException {
        switch (op) {
            case Orders.KERNEL_STOP -> kernels.stop(kernel(arguments));
            case Orders.KERNEL_INTERRUPT -> kernels.interrupt(kernel(arguments));
            case Orders.APP_STOP ->
                apps.stop(read(arguments, Orders.AppRef.class).id());
            case Orders.OWNER_STOP -> stopOf(read(arguments, OwnerRef.class).owner());
            default -> throw new NodeProblem("bad-request", "This node knows no order \"%s\"".formatted(op));
        }
    }

    private record OwnerRef(String owner) {}

    @Override
    public Channel openKernel(Orders.OpenKernel order, Channel.Bell bell) {
        return kernels.attach(order, bell);
    }

    @Override
    public SocketChannel dial(Orders.OpenDial order) throws IOException {
        return apps.dial(order.app());
    }

    private void stopOf(String owner) throws InterruptedException {
        apps.stopOf(owner);
        kernels.stopOf(owner);
        LOG.info("Everything of {} was stopped", owner);
    }

    private Orders.Specs specs() {
        var catalog = specs.catalog();
        return new Orders.Specs(
                catalog.defaultName().orElse(null),
                catalog.specs().values().stream()
                        .map(spec -> new Orders.Spec(spec.name(), spec.json(), Resources.names(spec)))
                        .toList(),
                catalog.broken());
    }

    private Map<String, String> file(Orders.SpecFile wanted) {
        var resource = Resources.read(specs.spec(wanted.name()), wanted.path());
        return Map.of("base64", Base64.getEncoder().encodeToString(resource.content()), "mime", resource.mime());
    }

    private Map<String, Object> status() {
        var sandboxes = ground.sandboxes();
        var status = new LinkedHashMap<String, Object>();
        status.put("node", name);
        status.put("started", since.toString());
        status.put(
                "uptimeSeconds",
                Duration.ofNanos(System.nanoTime() - sinceNanos).toSeconds());
        status.put("sandbox", sandboxes.sandbox().kind());
        status.put("warning", warnings.isEmpty() ? null : String.join(". ", warnings));
        status.put("limited", sandboxes.limited());
        status.put("gpus", watch.words());
        status.put("whyNoGpus", watch.whyNone().orElse(null));
        status.put("kernels", kernels.list().size());
        status.put(
                "kernelStates",
                kernels.list().stream()
                        .collect(Collectors.groupingBy(Orders.KernelModel::executionState, Collectors.counting())));
        status.put("apps", apps.list().size());
        status.put("brokenSpecs", specs.catalog().broken());
        return status;
    }

    private static String kernel(JsonNode arguments) {
        return read(arguments, Orders.KernelRef.class).id();
    }

    private static <T> T read(JsonNode arguments, Class<T> type) {
        try {
            var value = JSON.treeToValue(arguments, type);
            if (value != null) return value;
        } catch (JacksonException e) {
            LOG.debug("Not {}: {}", type.getSimpleName(), e.getMessage());
        }
        throw new NodeProblem("bad-request", "The order's arguments are not what it needs: " + type.getSimpleName());
    }
}

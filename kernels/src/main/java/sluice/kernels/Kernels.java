package sluice.kernels;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.line.LineLimits;
import sluice.kernels.link.NodeDesk.Channel;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders;
import sluice.kernels.link.Orders.KernelModel;
import sluice.kernels.link.Orders.StartKernel;
import sluice.kernels.sandbox.Limits;
import sluice.kernels.specs.KernelSpecs;
import sluice.kernels.zmtp.ZmtpLoop;

/// The kernels of this node: started, listed, found again, ended.
public final class Kernels implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);

    /// What Jupyter's own routes take for an id.
    private static final Pattern ID = Pattern.compile("\\w+(-\\w+){4}");

    private static final int LONGEST_ID = 64;

    private final Surroundings around;
    private final KernelSpecs specs;
    private final ConcurrentHashMap<String, RunningKernel> kernels = new ConcurrentHashMap<>();
    private final Culler culler;

    /// @param environments prefixes of Python environments, best first
    /// @param obituary told of a kernel that is gone, unasked or asked
    public Kernels(
            Ground ground,
            KernelSpecs specs,
            List<Path> environments,
            Cards cards,
            KernelsConfig config,
            Limits limits,
            LineLimits lineLimits,
            ZmtpLoop loop,
            Clock clock,
            Consumer<Obituary> obituary)
            throws IOException {
        this.specs = specs;
        this.around = new Surroundings(
                ground,
                config,
                new KernelLaunch(ground, specs, environments, cards, limits),
                Journal.open(ground.journal(), KernelEntry.class),
                loop,
                lineLimits,
                clock,
                kernel -> forget(kernel),
                obituary);
        this.culler = new Culler(config, specs, kernels::values);
    }

    /// Ids that are in the journal.
    public Set<String> known() throws IOException {
        return around.journal().entries().stream()
                .map(entry -> entry.order().id())
                .collect(Collectors.toSet());
    }

    /// Takes over what an earlier node left, and begins to cull.
    public void open() throws IOException, InterruptedException {
        for (var entry : around.journal().entries()) adopt(entry);
        culler.start();
    }

    /// Starts a kernel, or returns the one that has the id already.
    /// @throws NodeProblem `launch-failed` and others, with words for the user
    public KernelModel start(StartKernel order) throws InterruptedException {
        if (!ID.matcher(order.id()).matches() || order.id().length() > LONGEST_ID)
            throw new NodeProblem("bad-request", "\"%s\" is not a kernel id".formatted(order.id()));
        var spec = specs.spec(order.name());
        var kernel = new RunningKernel(
                around,
                new StartKernel(order.id(), order.owner(), spec.name(), order.env(), order.path(), order.grant()),
                Times.jupyter(around.clock().instant()));
        var existing = enrol(kernel);
        if (existing != kernel) {
            kernel.line().close();
            return existing.model();
        }
        return await(kernel, kernel.start());
    }

    private synchronized RunningKernel enrol(RunningKernel kernel) {
        var existing = kernels.get(kernel.id());
        if (existing != null) {
            if (existing.owner().equals(kernel.owner())) return existing;
            throw new NodeProblem("bad-request", "Kernel %s exists already".formatted(kernel.id()));
        }
        var living = kernels.values().stream().filter(other -> !other.dead()).toList();
        var config = around.config();
        if (living.size() >= config.most())
            throw new NodeProblem(
                    "limit", "This node has %d kernels, its most; try again later".formatted(config.most()));
        var owned = living.stream()
                .filter(other -> other.owner().equals(kernel.owner()))
                .count();
        if (owned >= config.mostPerOwner())
            throw new NodeProblem(
                    "limit",
                    "%s has %d kernels, as many as one person may: shut one down first"
                            .formatted(kernel.owner(), owned));
        kernels.put(kernel.id(), kernel);
        return kernel;
    }

    /// Waits for a fresh kernel to answer, for as long as a caller should wait.
    private KernelModel await(RunningKernel kernel, CompletableFuture<Void> answered) throws InterruptedException {
        try {
            answered.get(around.config().startWait().toMillis(), MILLISECONDS);
        } catch (TimeoutException takesLonger) {
            LOG.info("Kernel {} is slow to start", kernel.id());
        } catch (ExecutionException e) {
            join(List.of(kernel.stop("It did not start")));
            throw problem(e);
        }
        kernel.announce();
        return kernel.model();
    }

    public List<KernelModel> list() {
        return kernels.values().stream()
                .map(RunningKernel::model)
                .sorted(Comparator.comparing(KernelModel::startedAt).thenComparing(KernelModel::id))
                .toList();
    }

    public KernelModel get(String id) {
        return kernel(id).model();
    }

    public void interrupt(String id) throws InterruptedException {
        kernel(id).interrupt();
    }

    /// Ends the process and starts another one in its place.
    public KernelModel restart(String id) throws InterruptedException {
        var kernel = kernel(id);
        try {
            kernel.restart().get(around.config().startWait().toMillis(), MILLISECONDS);
        } catch (TimeoutException takesLonger) {
            LOG.info("Kernel {} is slow to start again", id);
        } catch (ExecutionException e) {
            throw problem(e);
        }
        return kernel.model();
    }

    /// Ends a kernel and everything it started; returns when that is gone.
    public void stop(String id) throws InterruptedException {
        join(List.of(kernel(id).stop("It was shut down")));
    }

    public void stopOf(String owner) throws InterruptedException {
        join(kernels.values().stream()
                .filter(kernel -> kernel.owner().equals(owner))
                .map(kernel -> kernel.stop("Everything of its owner was shut down"))
                .toList());
    }

    public void stopAll() throws InterruptedException {
        join(kernels.values().stream()
                .map(kernel -> kernel.stop("The node was shut down"))
                .toList());
    }

    /// Opens a client's channel.
    public Channel attach(Orders.OpenKernel order, Channel.Bell bell) {
        return kernel(order.kernel()).line().attach(order, bell);
    }

    /// Leaves all kernels running, for the next node to find.
    @Override
    public void close() throws InterruptedException {
        culler.close();
        join(kernels.values().stream().map(RunningKernel::leave).toList());
    }

    private void adopt(KernelEntry entry) throws IOException, InterruptedException {
        var id = entry.order().id();
        var ground = around.ground();
        var trace = entry.trace();
        var connection = entry.connection();
        if (trace == null || connection == null) {
            ground.sandboxes().end(id);
            if (entry.ready()) startAgain(entry);
            else discard(id, "It had not begun when the node ended");
            return;
        }
        var running = ground.sandboxes().sandbox().adopt(trace, ground.room(id), ground.log(id));
        if (running.isEmpty() || !entry.ready()) {
            ground.sandboxes().end(id);
            discard(id, entry.ready() ? "It ended while the node was away" : "It had not begun when the node ended");
            return;
        }
        var kernel = new RunningKernel(around, entry.order(), entry.startedAt());
        kernels.put(id, kernel);
        ground.owners().found(kernel.owner(), id);
        kernel.adopt(entry, running.get(), connection);
        LOG.info("Kernel {} of {} found again", id, kernel.owner());
    }

    private void startAgain(KernelEntry entry) {
        var kernel = new RunningKernel(around, entry.order(), entry.startedAt());
        kernels.put(kernel.id(), kernel);
        kernel.startAgain();
    }

    private void discard(String id, String why) throws IOException {
        around.journal().strike(id);
        around.ground().discard(id);
        around.gone(id, why, Duration.ZERO);
        LOG.info("Kernel {}: {}", id, why);
    }

    private RunningKernel kernel(String id) {
        var kernel = kernels.get(id);
        if (kernel == null) throw new NodeProblem("unknown-kernel", "Kernel does not exist: " + id);
        return kernel;
    }

    private void forget(RunningKernel kernel) {
        kernels.remove(kernel.id(), kernel);
    }

    private static void join(List<CompletableFuture<Void>> endings) throws InterruptedException {
        try {
            CompletableFuture.allOf(endings.toArray(CompletableFuture[]::new)).get();
        } catch (ExecutionException e) {
            throw problem(e);
        }
    }

    private static NodeProblem problem(ExecutionException e) {
        return e.getCause() instanceof NodeProblem problem
                ? problem
                : new NodeProblem("internal", "The node failed: " + e.getCause());
    }
}

package sluice.kernels.apps;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.Cards;
import sluice.kernels.Ground;
import sluice.kernels.Journal;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders.AppModel;
import sluice.kernels.link.Orders.StartApp;
import sluice.kernels.sandbox.Limits;
import sluice.kernels.sandbox.Order;
import sluice.kernels.specs.Program;

/// The apps of this node.
public final class Apps implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Apps.class);
    private static final Pattern ID = Pattern.compile("[a-z]+-[A-Za-z0-9_][A-Za-z0-9._@+-]{0,63}");
    private static final Pattern BASE_PATH = Pattern.compile("/([A-Za-z0-9._~@+%-]+/)*");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Ground ground;
    private final List<Path> environments;
    private final Cards cards;
    private final AppsConfig config;
    private final Limits limits;
    private final Journal<AppEntry> journal;
    private final BiConsumer<String, String> obituary;
    private final ConcurrentHashMap<String, RunningApp> apps = new ConcurrentHashMap<>();
    private volatile boolean left;

    /// @param environments the first is the one apps come from
    /// @param obituary told the id of an app that is gone, and why
    public Apps(
            Ground ground,
            List<Path> environments,
            Cards cards,
            AppsConfig config,
            Limits limits,
            BiConsumer<String, String> obituary)
            throws IOException {
        this.ground = ground;
        this.environments = environments;
        this.cards = cards;
        this.config = config;
        this.limits = limits;
        this.journal = Journal.open(ground.journal().resolve("apps"), AppEntry.class);
        this.obituary = obituary;
    }

    /// Ids that are in the journal.
    public Set<String> known() throws IOException {
        return journal.entries().stream().map(entry -> entry.order().id()).collect(Collectors.toSet());
    }

    /// Takes over what an earlier node left.
    public void open() throws IOException, InterruptedException {
        for (var entry : journal.entries()) adopt(entry);
    }

    /// Starts an app, or returns the one that runs already.
    public AppModel start(StartApp order) throws InterruptedException {
        if (!order.kind().equals("lab"))
            throw new NodeProblem("bad-request", "This node knows no app \"%s\"".formatted(order.kind()));
        if (!ID.matcher(order.id()).matches()
                || !BASE_PATH.matcher(order.basePath()).matches())
            throw new NodeProblem("bad-request", "Not an app's id and path: %s".formatted(order));
        var app = enrol(order);
        try {
            app.ready().get(config.startWait().toMillis(), MILLISECONDS);
        } catch (TimeoutException takesLonger) {
            LOG.info("App {} is slow to start", order.id());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof NodeProblem problem
                    ? problem
                    : new NodeProblem("internal", "The node failed: " + e.getCause());
        }
        return app.model();
    }

    private synchronized RunningApp enrol(StartApp order) throws InterruptedException {
        var existing = apps.get(order.id());
        if (existing != null) {
            var same = existing.order();
            if (!same.owner().equals(order.owner()))
                throw new NodeProblem("bad-request", "App %s is another's".formatted(order.id()));
            if (same.basePath().equals(order.basePath())) return existing;
            end(existing, "It is wanted at another path");
        }
        if (apps.size() >= config.most())
            throw new NodeProblem("limit", "This node has %d apps, its most; try again later".formatted(config.most()));
        try {
            var app = launch(order);
            journal.enter(order.id(), app.entry());
            watch(app);
            return app;
        } catch (NodeProblem e) {
            ground.owners().leave(order.owner(), order.id());
            throw e;
        } catch (IOException e) {
            ground.owners().leave(order.owner(), order.id());
            throw new NodeProblem("launch-failed", "Cannot start %s: %s".formatted(order.kind(), e.getMessage()));
        }
    }

    private RunningApp launch(StartApp order) throws IOException {
        var environment = environments.stream()
                .filter(prefix -> Files.isExecutable(prefix.resolve("bin/python")))
                .findFirst()
                .orElseThrow(() -> new NodeProblem(
                        "launch-failed", "Cannot start lab: the node has no Python environment with JupyterLab"));
        var owner = ground.owners().of(order.owner(), order.id());
        var readable = new HashSet<>(Program.surroundings(environment.resolve("bin/python")));
        readable.add(environment);
        var room = ground.room(order.id());
        room.furnish();
        var sandbox = ground.sandboxes().sandbox();
        var view = sandbox.view(owner, room, readable);
        Lab.furnish(room);
        var bytes = new byte[24];
        RANDOM.nextBytes(bytes);
        var token = HexFormat.of().formatHex(bytes);
        var env = ground.environment().of(owner, view, environment);
        env.putAll(order.env());
        env.putAll(Lab.environment(view, token, config));
        env.putAll(cards.none().env());
        var process = sandbox.start(new Order(
                owner,
                room,
                Lab.argv(order, view, environment),
                env,
                view.home(),
                readable,
                List.of(),
                limits,
                ground.log(order.id())));
        return new RunningApp(order, token, process, room.shared().resolve(Lab.SOCKET), principal(owner.home()));
    }

    /// Whoever owns the home answers for the app.
    private static java.nio.file.attribute.UserPrincipal principal(Path home) throws IOException {
        return Files.getOwner(home);
    }

    private void adopt(AppEntry entry) throws IOException, InterruptedException {
        var order = entry.order();
        var room = ground.room(order.id());
        var found = ground.sandboxes().sandbox().adopt(entry.trace(), room, ground.log(order.id()));
        if (found.isEmpty()) {
            ground.sandboxes().end(order.id());
            journal.strike(order.id());
            ground.discard(order.id());
            obituary.accept(order.id(), "It ended while the node was away");
            return;
        }
        ground.owners().found(order.owner(), order.id());
        var owner = ground.owners().of(order.owner(), order.id());
        watch(new RunningApp(
                order, entry.token(), found.get(), room.shared().resolve(Lab.SOCKET), principal(owner.home())));
        LOG.info("App {} found again", order.id());
    }

    private void watch(RunningApp app) {
        apps.put(app.order().id(), app);
        Thread.ofVirtual().name("app " + app.order().id()).start(() -> {
            try {
                app.awaitReady(config);
                journal.enter(app.order().id(), app.entry());
            } catch (IOException e) {
                LOG.error("App {} is not in the journal: {}", app.order().id(), e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        app.ended().thenAcceptAsync(why -> ended(app, why), Thread::startVirtualThread);
    }

    private synchronized void ended(RunningApp app, String why) {
        if (left || !apps.remove(app.order().id(), app)) return;
        try {
            app.clear();
            journal.strike(app.order().id());
        } catch (IOException e) {
            LOG.warn("App {} stays in the journal: {}", app.order().id(), e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ground.owners().leave(app.order().owner(), app.order().id());
        }
        LOG.info("App {} is gone: {}", app.order().id(), why);
        obituary.accept(app.order().id(), why);
    }

    private void end(RunningApp app, String why) throws InterruptedException {
        app.stop(why, config);
        ended(app, why);
    }

    public List<AppModel> list() {
        return apps.values().stream().map(RunningApp::model).toList();
    }

    /// Ends an app; returns when nothing of it is left.
    public void stop(String id) throws InterruptedException {
        end(app(id), "It was shut down");
    }

    public void stopOf(String owner) throws InterruptedException {
        stopAll(app -> app.order().owner().equals(owner), "Everything of its owner was shut down");
    }

    public void stopAll() throws InterruptedException {
        stopAll(_ -> true, "The node was shut down");
    }

    private void stopAll(Predicate<RunningApp> which, String why) throws InterruptedException {
        var threads = apps.values().stream()
                .filter(which)
                .map(app -> Thread.startVirtualThread(() -> {
                    try {
                        end(app, why);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }))
                .toList();
        for (var thread : threads) thread.join();
    }

    /// Connects to an app's socket.
    public SocketChannel dial(String id) throws IOException {
        return app(id).dial();
    }

    private RunningApp app(String id) {
        var app = apps.get(id);
        if (app == null) throw new NodeProblem("unknown-app", "App does not run: " + id);
        return app;
    }

    /// Leaves all apps running, for the next node to find.
    @Override
    public void close() {
        left = true;
    }
}

package sluice.gateway;

import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.BindException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.config.Config;
import sluice.gateway.config.FlavourSettings;
import sluice.gateway.config.GatewaySettings;
import sluice.gateway.config.Places;
import sluice.gateway.doors.api.GpuRoutes;
import sluice.gateway.doors.api.HealthRoutes;
import sluice.gateway.doors.api.LeaseRoutes;
import sluice.gateway.doors.api.MeRoutes;
import sluice.gateway.doors.api.MyQuota;
import sluice.gateway.doors.api.PoolRoutes;
import sluice.gateway.doors.api.QuotaRoutes;
import sluice.gateway.doors.api.TeamRoutes;
import sluice.gateway.doors.api.TokenRoutes;
import sluice.gateway.doors.api.UserRoutes;
import sluice.gateway.doors.api.WebPages;
import sluice.gateway.doors.apps.AppProxy;
import sluice.gateway.doors.apps.LabDoor;
import sluice.gateway.doors.http.HttpDoor;
import sluice.gateway.doors.http.HttpSettings;
import sluice.gateway.doors.http.Routes;
import sluice.gateway.doors.http.SignIn;
import sluice.gateway.doors.jupyter.Cursors;
import sluice.gateway.doors.jupyter.KernelRoutes;
import sluice.gateway.doors.jupyter.KernelSocketDoor;
import sluice.gateway.doors.jupyter.KernelSockets;
import sluice.gateway.doors.jupyter.Letters;
import sluice.gateway.doors.jupyter.NotebookSessionRoutes;
import sluice.gateway.doors.jupyter.ServerRoutes;
import sluice.gateway.doors.jupyter.SpecRoutes;
import sluice.gateway.doors.metrics.PoolMetrics;
import sluice.gateway.doors.nodes.NodeDoor;
import sluice.gateway.fleet.Capacity;
import sluice.gateway.fleet.Snapshots;
import sluice.gateway.ledger.Accounts;
import sluice.gateway.ledger.Decisions;
import sluice.gateway.ledger.Leases;
import sluice.gateway.ledger.Payer;
import sluice.gateway.ledger.Quotas;
import sluice.gateway.ledger.Usage;
import sluice.gateway.people.Audit;
import sluice.gateway.people.FirstRun;
import sluice.gateway.people.Revocations;
import sluice.gateway.people.Secrets;
import sluice.gateway.people.Teams;
import sluice.gateway.people.Tokens;
import sluice.gateway.people.Users;
import sluice.gateway.queue.Bell;
import sluice.gateway.queue.Dispatcher;
import sluice.gateway.queue.QueueWatch;
import sluice.gateway.queue.Rounds;
import sluice.gateway.sessions.Flavour;
import sluice.gateway.sessions.Flavours;
import sluice.gateway.sessions.KernelDesk;
import sluice.gateway.sessions.KernelEnv;
import sluice.gateway.sessions.KernelNeeds;
import sluice.gateway.sessions.KernelStarts;
import sluice.gateway.sessions.Labs;
import sluice.gateway.sessions.Launches;
import sluice.gateway.sessions.NotebookSessions;
import sluice.gateway.sessions.WaitingKernels;
import sluice.migrations.Database;
import sluice.scheduling.Gpus;
import sluice.scheduling.Mode;
import sluice.scheduling.Needs;
import sluice.scheduling.queue.Policy;
import sluice.scheduling.queue.Scheduler;

/// The gateway put together, by hand and in one place: rooms from the ground up, then one set of doors on each event
/// loop. Reading [#open] from top to bottom is reading the program.
final class Gateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
    /// Clients whose place in a kernel's output is remembered across a killed gateway (32 bytes each).
    private static final int CLIENTS = 1 << 16;
    private static final String COOKIES_BEGIN = "sluice-";

    private final Vertx vertx;
    private final Database database;
    private final Revocations revocations;
    private final Cursors cursors;
    private final KernelSocketDoor kernelSockets;
    private final Rounds rounds;
    private final QueueWatch watch;
    private final int port;

    private Gateway(
            Vertx vertx,
            Database database,
            Revocations revocations,
            Cursors cursors,
            KernelSocketDoor kernelSockets,
            Rounds rounds,
            QueueWatch watch,
            int port) {
        this.vertx = vertx;
        this.rounds = rounds;
        this.watch = watch;
        this.database = database;
        this.revocations = revocations;
        this.cursors = cursors;
        this.kernelSockets = kernelSockets;
        this.port = port;
    }

    /// Opens the database, the rooms and the doors, and listens.
    static Gateway open(Config config, Places places) throws InterruptedException, IOException {
        var started = System.nanoTime();
        var clock = Clock.systemUTC();
        var vertx = Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(loops(config) + 1)
                .setUseDaemonThread(true));
        var database = Database.open(config.database().reach(places));

        // people
        var jdbi = database.jdbi();
        var revocations = new Revocations(jdbi, clock);
        var users = new Users(jdbi, clock);
        var tokens = new Tokens(jdbi, clock, revocations);
        var teams = new Teams(jdbi, clock);
        var audit = new Audit(jdbi, clock);
        new FirstRun(users, tokens, places.adminToken()).adminToken();

        // ledger
        var quotas = new Quotas(jdbi, clock, users, teams);
        var leases = new Leases(jdbi);
        var usage = new Usage(jdbi, clock);
        var decisions = new Decisions(jdbi, clock);

        // fleet
        var http = httpSettings(config);
        var nodes =
                new NodeDoor(places.run(), loops(config), config.ring().window().bytes());
        var snapshots = new Snapshots(nodes);
        var capacity = new Capacity(snapshots);

        // queue
        var bell = new Bell();
        quotas.onChange(bell::ring);
        var accounts = new Accounts(quotas::accounts, usage);
        var dispatcher =
                new Dispatcher(new Scheduler(Policy.USUAL), capacity, accounts, leases, usage, decisions, clock, bell);
        var rounds = new Rounds(dispatcher, decisions, nodes, clock, bell);
        var watch = new QueueWatch(dispatcher, accounts, clock);

        // sessions
        var flavours = new Flavours(flavours(config), capacity);
        var launches = new Launches(nodes, dispatcher);
        var waiting = new WaitingKernels(nodes, dispatcher, launches, flavours);
        var starts = new KernelStarts(
                nodes, dispatcher, launches, waiting, flavours, new KernelNeeds(capacity), new Payer(teams), clock);
        var desk = new KernelDesk(
                nodes,
                starts,
                waiting,
                flavours,
                new KernelEnv(config.gateway().clientEnvironment()),
                places.data().resolve("homes").toString());
        var notebooks = new NotebookSessions(jdbi, desk);
        var labs = new Labs(nodes, http.basePath());
        notebooks.follow(nodes);
        rounds.start();
        watch.start();
        labs.follow();

        // doors
        var cursors = Cursors.open(places.run().resolve("cursors"), CLIENTS);
        var sockets =
                new KernelSocketDoor(desk, waiting, Letters.open(places.data().resolve("waiting")));
        revocations.onRevoked(sockets::revoked);
        revocations.start();
        nodes.onEvent(event -> {
            if (event.kernel() != null) cursors.forget(event.kernel());
        });
        var signIn = new SignIn(
                tokens, new Secrets(jdbi, clock).cookieKey(), http.login().triesPerMinute(), clock);
        var metrics = new PoolMetrics(snapshots, capacity, nodes, watch, dispatcher.cycles(), clock);
        metrics.rehearse();
        var version = Version.number();
        var routes = new Routes(
                new KernelRoutes(desk),
                new SpecRoutes(desk),
                new NotebookSessionRoutes(notebooks),
                new ServerRoutes(desk, users, version, clock.instant()),
                sockets,
                new MeRoutes(users),
                new UserRoutes(users, tokens, desk),
                new TokenRoutes(tokens, users, clock),
                new TeamRoutes(teams, users),
                new QuotaRoutes(quotas, teams),
                new PoolRoutes(desk, nodes, audit, version),
                new GpuRoutes(snapshots, dispatcher, metrics),
                new LeaseRoutes(dispatcher, leases, decisions),
                new MyQuota(dispatcher, quotas, usage, teams),
                new HealthRoutes(database::answers, nodes),
                new WebPages(version),
                http,
                signIn);
        var door = new HttpDoor(http, signIn, audit, routes.all());
        var shared = new Shared(config, places, http, nodes, labs, cursors, sockets, door);
        int port = listen(vertx, shared);
        LOG.info("listening on port {} after {} ms", port, (System.nanoTime() - started) / 1_000_000);
        return new Gateway(vertx, database, revocations, cursors, sockets, rounds, watch, port);
    }

    /// What all event loops use together.
    private record Shared(
            Config config,
            Places places,
            HttpSettings http,
            NodeDoor nodes,
            Labs labs,
            Cursors cursors,
            KernelSocketDoor sockets,
            HttpDoor door) {}

    private static int listen(Vertx vertx, Shared shared) throws InterruptedException, IOException {
        var gateway = shared.config().gateway();
        // Any free port, but the same for every loop.
        var address = gateway.port() == 0
                ? SocketAddress.sharedRandomPort(1, gateway.host())
                : SocketAddress.inetSocketAddress(gateway.port(), gateway.host());
        var loops = new ArrayList<Loop>();
        for (int number = 0; number < loops(shared.config()); number++)
            loops.add(new Loop(vertx, shared, number, address));
        await(
                Future.all(loops.stream()
                        .map(loop -> vertx.deployVerticle(loop, new DeploymentOptions()))
                        .toList()),
                gateway);
        return loops.getFirst().server().actualPort();
    }

    private static void await(Future<?> done, GatewaySettings gateway) throws InterruptedException, IOException {
        try {
            done.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | CompletionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            var words = String.valueOf(cause.getMessage());
            // Native sockets say "bind(..) failed with error(-98): Address already in use".
            if (cause instanceof BindException || words.startsWith("bind("))
                throw new IOException(
                        "cannot listen on %s, port %d: %s. Choose another with --host or --port (0 for any free port)"
                                .formatted(gateway.host(), gateway.port(), words.replaceFirst("^bind.*: ", "")),
                        cause);
            throw new IOException("cannot open the doors: " + cause, cause);
        } catch (TimeoutException e) {
            throw new IOException("the doors did not open within 30 s", e);
        }
    }

    /// The doors on one event loop.
    private static final class Loop implements Deployable {
        private final Vertx vertx;
        private final Shared shared;
        private final int number;
        private final SocketAddress address;
        private final AtomicReference<HttpServer> server = new AtomicReference<>();

        Loop(Vertx vertx, Shared shared, int number, SocketAddress address) {
            this.vertx = vertx;
            this.shared = shared;
            this.number = number;
            this.address = address;
        }

        HttpServer server() {
            return server.get();
        }

        @Override
        public Future<?> deploy(Context context) {
            var gateway = shared.config().gateway();
            var limits = new KernelSockets.Limits(
                    gateway.ping(), gateway.silence(), gateway.largestMessage().bytes());
            shared.sockets().add(new KernelSockets(vertx, shared.nodes(), number, shared.cursors(), limits));
            var options = HttpDoor.serverOptions()
                    .setWebSocketSubProtocols(List.of(KernelSockets.SUBPROTOCOL))
                    .setPerFrameWebSocketCompressionSupported(false)
                    .setPerMessageWebSocketCompressionSupported(false)
                    .setMaxWebSocketFrameSize((int) gateway.largestMessage().bytes())
                    .setMaxWebSocketMessageSize((int) gateway.largestMessage().bytes());
            var listening = vertx.createHttpServer(options);
            shared.door().serve(vertx, listening, this::addLab);
            server.set(listening);
            return shared.nodes().listen(vertx, number).compose(lane -> listening.listen(address));
        }

        private void addLab(Router router) {
            if (!shared.config().lab().serve()) return;
            var proxy =
                    new AppProxy(vertx, shared.nodes(), number, shared.places().run(), COOKIES_BEGIN);
            new LabDoor(shared.labs(), proxy, shared.door())
                    .addTo(router, shared.http().basePath());
        }

        @Override
        public Future<?> undeploy(Context context) {
            var open = server.get();
            return open == null ? Future.succeededFuture() : open.close();
        }
    }

    private static int loops(Config config) {
        int asked = config.gateway().eventLoops();
        return asked > 0 ? asked : Runtime.getRuntime().availableProcessors();
    }

    private static List<Flavour> flavours(Config config) {
        return config.flavours().entrySet().stream()
                .map(entry -> flavour(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static Flavour flavour(String name, FlavourSettings settings) {
        var bytes = settings.gpuMemory().bytes();
        var gpus = Gpus.asked(bytes == 0 ? settings.gpus() : null, bytes == 0 ? null : bytes, null);
        var model = settings.gpuModel().isBlank() ? null : settings.gpuModel();
        var needs = Needs.of(gpus, Mode.SWAP)
                .withHost(
                        (int) Math.round(settings.cpus() * 1000),
                        settings.memory().bytes(),
                        0);
        return new Flavour(name, settings.title(), model == null ? needs : needs.onModel(model));
    }

    private static HttpSettings httpSettings(Config config) {
        var gateway = config.gateway();
        var auth = config.auth();
        return new HttpSettings(
                gateway.basePath(),
                isLoopback(gateway.host()),
                gateway.hosts(),
                gateway.accessLog(),
                new HttpSettings.Login(auth.cookieLife(), auth.secureCookie(), auth.checkXsrf(), auth.triesPerMinute()),
                new HttpSettings.Cors(auth.allowOrigins(), auth.allowOriginPattern(), auth.allowCredentials()),
                new HttpSettings.Limits(
                        (int) gateway.largestBody().bytes(),
                        gateway.bodyWithin(),
                        gateway.headersWithin(),
                        gateway.idleConnection(),
                        gateway.connections()));
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
    }

    int port() {
        return port;
    }

    /// Tells clients to come back, then closes from the doors down.
    @Override
    public void close() {
        kernelSockets.closeAll();
        revocations.close();
        rounds.close();
        watch.close();
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the doors did not close in order: {}", e.toString());
        }
        cursors.close();
        database.close();
    }
}

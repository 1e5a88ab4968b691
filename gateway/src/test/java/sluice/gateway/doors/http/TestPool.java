package sluice.gateway.doors.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
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
import sluice.gateway.doors.jupyter.KernelRoutes;
import sluice.gateway.doors.jupyter.NotebookSessionRoutes;
import sluice.gateway.doors.jupyter.ServerRoutes;
import sluice.gateway.doors.jupyter.SpecRoutes;
import sluice.gateway.doors.metrics.PoolMetrics;
import sluice.gateway.fleet.Capacity;
import sluice.gateway.fleet.NodesInMemory;
import sluice.gateway.fleet.Snapshots;
import sluice.gateway.ledger.Accounts;
import sluice.gateway.ledger.Decisions;
import sluice.gateway.ledger.Leases;
import sluice.gateway.ledger.Payer;
import sluice.gateway.ledger.Quotas;
import sluice.gateway.ledger.Usage;
import sluice.gateway.people.Audit;
import sluice.gateway.people.Revocations;
import sluice.gateway.people.Role;
import sluice.gateway.people.Secrets;
import sluice.gateway.people.Teams;
import sluice.gateway.people.Tokens;
import sluice.gateway.people.Users;
import sluice.gateway.queue.Bell;
import sluice.gateway.queue.Dispatcher;
import sluice.gateway.queue.QueueWatch;
import sluice.gateway.sessions.Flavour;
import sluice.gateway.sessions.Flavours;
import sluice.gateway.sessions.KernelDesk;
import sluice.gateway.sessions.KernelEnv;
import sluice.gateway.sessions.KernelNeeds;
import sluice.gateway.sessions.KernelStarts;
import sluice.gateway.sessions.Launches;
import sluice.gateway.sessions.NotebookSessions;
import sluice.gateway.sessions.WaitingKernels;
import sluice.migrations.ScratchDatabase;
import sluice.scheduling.Gpus;
import sluice.scheduling.Mode;
import sluice.scheduling.Needs;
import sluice.scheduling.queue.Policy;
import sluice.scheduling.queue.Scheduler;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole front of the gateway on a port of its own, with a real database behind and a node without processes.
/// There are an administrator `root`, and the users `ada` and `eve`.
final class TestPool implements AutoCloseable {
    final NodesInMemory nodes = new NodesInMemory();
    final ScratchDatabase database = ScratchDatabase.create();
    final Users users;
    final Tokens tokens;
    final Teams teams;
    final Audit audit;
    final Revocations revocations;
    final NotebookSessions sessions;
    final Quotas quotas;
    final Capacity capacity;
    final Dispatcher dispatcher;
    final QueueWatch watch;
    final Routes routes;
    final String root;
    final String ada;
    final String eve;
    final int port;

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final HttpClient client =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

    TestPool() {
        this(settings -> settings);
    }

    TestPool(UnaryOperator<HttpSettings> change) {
        var jdbi = database.database().jdbi();
        var clock = Clock.systemUTC();
        users = new Users(jdbi, clock);
        teams = new Teams(jdbi, clock);
        audit = new Audit(jdbi, clock);
        revocations = new Revocations(jdbi, clock);
        tokens = new Tokens(jdbi, clock, revocations);
        var snapshots = new Snapshots(nodes);
        capacity = new Capacity(snapshots);
        var usage = new Usage(jdbi, clock);
        quotas = new Quotas(jdbi, clock, users, teams);
        var leases = new Leases(jdbi);
        var decisions = new Decisions(jdbi, clock);
        var accounts = new Accounts(quotas::accounts, usage);
        dispatcher = new Dispatcher(
                new Scheduler(Policy.USUAL), capacity, accounts, leases, usage, decisions, clock, new Bell());
        watch = new QueueWatch(dispatcher, accounts, clock);
        var metrics = new PoolMetrics(snapshots, capacity, nodes, watch, dispatcher.cycles(), clock);
        var flavours = new Flavours(
                List.of(
                        new Flavour("cpu", "", Needs.of(new Gpus.None(), Mode.SWAP)),
                        new Flavour("gpu", "1 GPU", Needs.of(new Gpus.Whole(1), Mode.SWAP))),
                capacity);
        var launches = new Launches(nodes, dispatcher);
        var waiting = new WaitingKernels(nodes, dispatcher, launches, flavours);
        var starts = new KernelStarts(
                nodes, dispatcher, launches, waiting, flavours, new KernelNeeds(capacity), new Payer(teams), clock);
        var desk = new KernelDesk(
                nodes, starts, waiting, flavours, new KernelEnv(List.of("GREETING", "TEAM_*")), "/pool/homes");
        sessions = new NotebookSessions(jdbi, desk);
        sessions.follow(nodes);
        var settings = change.apply(
                HttpSettings.defaults().withLogin(new HttpSettings.Login(Duration.ofDays(1), false, true, 1000)));
        var tries = settings.login().triesPerMinute();
        var signIn = new SignIn(tokens, new Secrets(jdbi, clock).cookieKey(), tries, clock);
        routes = new Routes(
                new KernelRoutes(desk),
                new SpecRoutes(desk),
                new NotebookSessionRoutes(sessions),
                new ServerRoutes(desk, users, "0.1.0", Instant.now()),
                (ctx, who) -> {
                    ctx.request().resume();
                    ctx.request()
                            .toWebSocket()
                            .onSuccess(socket -> socket.writeTextMessage(who.name() + " " + ctx.pathParam("kernelId")));
                },
                new MeRoutes(users),
                new UserRoutes(users, tokens, desk),
                new TokenRoutes(tokens, users, clock),
                new TeamRoutes(teams, users),
                new QuotaRoutes(quotas, teams),
                new PoolRoutes(desk, nodes, audit, "0.1.0"),
                new GpuRoutes(snapshots, dispatcher, metrics),
                new LeaseRoutes(dispatcher, leases, decisions),
                new MyQuota(dispatcher, quotas, usage, teams),
                new HealthRoutes(database.database()::answers, nodes),
                new WebPages("0.1.0"),
                settings,
                signIn);
        var door = new HttpDoor(settings, signIn, audit, routes.all());
        root = tokens.issue(users.create("root", null, Role.ADMIN), "test", null)
                .secret();
        ada = tokens.issue(users.create("ada", "Ada Lovelace", Role.USER), "test", null)
                .secret();
        eve = tokens.issue(users.create("eve", null, Role.USER), "test", null).secret();
        server = vertx.createHttpServer(HttpDoor.serverOptions());
        door.serve(vertx, server, others -> {});
        server.listen(0, "127.0.0.1").await();
        port = server.actualPort();
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    /// A request to be completed by the caller.
    HttpRequest.Builder request(String method, String path, String token, String body) {
        var request = HttpRequest.newBuilder(URI.create(url(path))).timeout(Duration.ofSeconds(20));
        if (!token.isEmpty()) request.header("Authorization", "token " + token);
        return request.method(method, HttpRequest.BodyPublishers.ofString(body));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<String> send(String method, String path, String token, String body) {
        return send(request(method, path, token, body));
    }

    HttpResponse<String> get(String path, String token) {
        return send("GET", path, token, "");
    }

    HttpResponse<String> post(String path, String token, String body) {
        return send("POST", path, token, body);
    }

    static JsonNode json(HttpResponse<String> response) {
        return JsonMapper.shared().readTree(response.body());
    }

    /// Starts a kernel over HTTP and returns its id.
    String kernel(String token) {
        return json(post("/api/kernels", token, "{}")).get("id").asString();
    }

    static String randomId() {
        return UUID.randomUUID().toString();
    }

    @Override
    public void close() {
        server.close().await();
        vertx.close().await();
        client.close();
        database.close();
    }
}

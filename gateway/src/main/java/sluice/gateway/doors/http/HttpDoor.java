package sluice.gateway.doors.http;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import sluice.gateway.people.Audit;
import sluice.gateway.people.Principal;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Right;

/// The front door. Every request comes through here, in this order: the name it called us by, what browsers may do for
/// other sites, who asks, may they, the route's own work on a virtual thread, and its answer or refusal in words.
/// There is one router for each event loop; they share everything behind.
public final class HttpDoor {
    private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2})");
    private static final Pattern DOTS = Pattern.compile("(?i)(?:^|/|%2f|\\\\|%5c)(?:\\.|%2e){1,2}(?:$|/|%2f|\\\\|%5c)");

    private final HttpSettings settings;
    private final List<Route> routes;
    private final Browsers browsers;
    private final Admission admission;
    private final Work work;
    private final Reply reply;
    private final AtomicInteger connections = new AtomicInteger();

    public HttpDoor(HttpSettings settings, SignIn signIn, Audit audit, List<Route> routes) {
        this.settings = settings;
        this.routes = routes;
        this.browsers = new Browsers(settings);
        this.admission = new Admission(settings, signIn, browsers);
        this.work = new Work(settings, browsers, audit);
        this.reply = new Reply(settings.basePath());
    }

    /// What the web server itself refuses: long lines and many headers.
    public static HttpServerOptions serverOptions() {
        return new HttpServerOptions()
                .setTcpNoDelay(true)
                .setMaxInitialLineLength(8 << 10)
                .setMaxHeaderSize(32 << 10)
                .setHttp2ClearTextEnabled(false);
    }

    /// Puts the door into a server of the calling event loop.
    /// @param others adds the doors that are not in [Routes], such as the proxy to a user's JupyterLab
    public void serve(Vertx vertx, HttpServer server, Consumer<Router> others) {
        var seen = new Connections(vertx, settings.limits(), connections);
        var router = Router.router(vertx);
        router.route().handler(ctx -> {
            if (ctx.get(SignIn.PATH_TOKEN) == null) { // else it comes through here for the second time
                var connection = ctx.request().connection();
                seen.begun(connection);
                ctx.addEndHandler(done -> seen.ended(connection));
            }
            ctx.next();
        });
        fill(router, vertx, others);
        server.connectionHandler(seen::arrived)
                .invalidRequestHandler(this::invalid)
                .requestHandler(router);
    }

    /// Lets through who has the right, for doors that are not in [Routes]. The request stays paused: whoever takes it
    /// next resumes it. A WebSocket that a browser's cookie vouches for must come from a page of ours.
    public Handler<RoutingContext> guard(Right right, Shape shape) {
        return ctx -> {
            ctx.request().pause();
            admission
                    .of(ctx, right, shape)
                    .map(proof -> {
                        var elsewhere = admission.withoutToken(ctx, shape, proof);
                        if (elsewhere.isEmpty()) proof.ifPresent(found -> browsers.checkXsrf(ctx, found, null));
                        return elsewhere;
                    })
                    .onComplete(
                            elsewhere -> elsewhere.ifPresentOrElse(answer -> reply.send(ctx, answer), ctx::next),
                            failure -> refuse(ctx, failure, shape));
        };
    }

    /// Who asks, once a route or a [#guard] let them in.
    public static Optional<Principal> principal(RoutingContext ctx) {
        return Admission.principal(ctx);
    }

    /// Answers with a refusal in that door's words.
    public void refuse(RoutingContext ctx, Throwable failure, Shape shape) {
        reply.send(ctx, admission.refusal(ctx, failure, shape));
    }

    /// Answers for a door that is not in [Routes].
    public void answer(RoutingContext ctx, Answer answer) {
        reply.send(ctx, answer);
    }

    private void fill(Router router, Vertx vertx, Consumer<Router> others) {
        var bodies = new Bodies(vertx, settings.limits());
        router.route().handler(this::greet);
        var paths = new LinkedHashMap<String, LinkedHashSet<HttpMethod>>();
        for (var route : routes) {
            var path = settings.basePath() + pattern(route.path());
            var methods = paths.computeIfAbsent(path, any -> new LinkedHashSet<>());
            methods.add(route.method());
            router.route(route.method(), path).handler(ctx -> serve(ctx, route, bodies));
            if (!route.method().equals(HttpMethod.GET) || route.socket() != null) continue;
            methods.add(HttpMethod.HEAD);
            router.route(HttpMethod.HEAD, path).handler(ctx -> serve(ctx, route, bodies));
        }
        paths.forEach((path, methods) -> router.route(path).handler(ctx -> wrongMethod(ctx, methods)));
        router.route(settings.basePath() + "/t/:token/*").handler(this::tokenInPath);
        others.accept(router);
        router.route().handler(ctx -> refuse(ctx, new Problems.HttpRefusal(404, "Not Found"), shape(ctx)));
        router.route().failureHandler(this::failed);
    }

    private void greet(RoutingContext ctx) {
        if (settings.accessLog() && ctx.get(SignIn.PATH_TOKEN) == null) AccessLog.follow(ctx);
        browsers.greet(ctx);
        try {
            browsers.checkHost(ctx);
            checkPath(ctx.request());
        } catch (Refused refused) {
            refuse(ctx, refused, shape(ctx));
            return;
        }
        if (ctx.request().method().equals(HttpMethod.OPTIONS)) browsers.preflight(ctx);
        else ctx.next();
    }

    /// No client of good faith sends `..`: browsers and libraries resolve it before they ask.
    private static void checkPath(HttpServerRequest request) {
        var path = request.path();
        if (path != null && BAD_ESCAPE.matcher(path).find())
            throw Refused.badRequest("A % in the address is not followed by two hexadecimal digits");
        if (path == null || DOTS.matcher(path).find()) throw Refused.notFound("Not Found");
    }

    /// `/t/<token>/api/…` is `/api/…` with that token, for clients that can be given an address and nothing else.
    private void tokenInPath(RoutingContext ctx) {
        var prefix = settings.basePath() + "/t/";
        var path = String.valueOf(ctx.request().path());
        var slash = path.indexOf('/', prefix.length());
        if (ctx.get(SignIn.PATH_TOKEN) != null || !path.startsWith(prefix) || slash < 0) {
            ctx.next();
            return;
        }
        ctx.put(SignIn.PATH_TOKEN, path.substring(prefix.length(), slash));
        ctx.reroute(ctx.request().method(), settings.basePath() + path.substring(slash));
    }

    private void serve(RoutingContext ctx, Route route, Bodies bodies) {
        ctx.request().pause();
        admission
                .of(ctx, route.right(), route.shape())
                .compose(proof -> taken(ctx, route, proof, bodies))
                .onComplete(
                        answer -> answer.ifPresent(there -> reply.send(ctx, there)),
                        failure -> refuse(ctx, failure, route.shape()));
    }

    /// The route's answer, or nothing where a WebSocket has taken the request over.
    private Future<Optional<Answer>> taken(
            RoutingContext ctx, Route route, Optional<SignIn.Proof> proof, Bodies bodies) {
        var elsewhere = admission.withoutToken(ctx, route.shape(), proof);
        if (elsewhere.isPresent()) return Future.succeededFuture(elsewhere);
        var socket = route.socket();
        if (socket != null && proof.isPresent() && Browsers.wantsSocket(ctx.request())) {
            Browsers.checkHandshake(ctx.request());
            socket.open(ctx, proof.get().principal());
            return Future.succeededFuture(Optional.empty());
        }
        return bodies.read(ctx.request())
                .compose(body -> work.on(ctx, route, proof, body))
                .map(Optional::of);
    }

    private void wrongMethod(RoutingContext ctx, LinkedHashSet<HttpMethod> methods) {
        ctx.response()
                .headers()
                .set("Allow", methods.stream().map(HttpMethod::name).collect(Collectors.joining(", ")));
        refuse(ctx, new Problems.HttpRefusal(405, "Method Not Allowed"), shape(ctx));
    }

    /// In whose words a request is refused that no route has taken.
    private Shape shape(RoutingContext ctx) {
        var path = String.valueOf(ctx.request().path());
        return path.startsWith(settings.basePath() + "/api/v1/") ? Shape.PROBLEM : Shape.JUPYTER;
    }

    private void failed(RoutingContext ctx) {
        var status = ctx.statusCode() < 400 ? 400 : ctx.statusCode();
        var failure = ctx.failure();
        if (status >= 500 && failure != null) refuse(ctx, failure, shape(ctx));
        else refuse(ctx, new Problems.HttpRefusal(status, Problems.phrase(status)), shape(ctx));
    }

    /// What the web server could not even read.
    private void invalid(HttpServerRequest request) {
        var cause = request.decoderResult().cause();
        var status = switch (cause) {
            case io.netty.handler.codec.http.TooLongHttpLineException _ -> 414;
            case io.netty.handler.codec.http.TooLongHttpHeaderException _ -> 431;
            case null, default -> 400;
        };
        var answer = Problems.answer(new Problems.HttpRefusal(status, Problems.phrase(status)), Shape.JUPYTER);
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", answer.type())
                .putHeader("Connection", "close")
                .end(io.vertx.core.buffer.Buffer.buffer(answer.body()))
                .onComplete(done -> request.connection().close());
    }

    /// Braces as the web server writes them.
    private static String pattern(String path) {
        return path.replace("{path*}", "*").replaceAll("\\{(\\w+)}", ":$1");
    }
}

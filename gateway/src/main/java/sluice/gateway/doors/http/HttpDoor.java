package sluice.gateway.doors.http;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Audit;
import sluice.gateway.people.Permissions;
import sluice.gateway.people.Principal;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Right;

/// The front door: every request comes through here, in this order: the names we answer to, what browsers of other
/// sites may do, who asks, may they, the route's own work on a virtual thread, and its answer or refusal in words.
/// One router for each event loop; they share everything behind.
public final class HttpDoor {
    private static final String PRINCIPAL = "sluice.principal";
    private static final List<HttpMethod> SAFE = List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final HttpSettings settings;
    private final Origins origins;
    private final SignIn signIn;
    private final Audit audit;
    private final List<Route> routes;

    public HttpDoor(HttpSettings settings, SignIn signIn, Audit audit, List<Route> routes) {
        this.settings = settings;
        this.origins = new Origins(settings);
        this.signIn = signIn;
        this.audit = audit;
        this.routes = routes;
    }

    /// What the server itself must refuse: long lines, many headers, clients that say nothing.
    public static HttpServerOptions serverOptions() {
        return new HttpServerOptions()
                .setTcpNoDelay(true)
                .setMaxInitialLineLength(8 << 10)
                .setMaxHeaderSize(32 << 10)
                .setHttp2ClearTextEnabled(false)
                .setStrictThreadMode(false);
    }

    /// A router for the calling event loop.
    /// @param others adds the doors that are not in [Routes], such as the proxy to a user's JupyterLab
    public Router router(Vertx vertx, Consumer<Router> others) {
        var router = Router.router(vertx);
        var bodies = new Bodies(vertx, settings.maxBody(), settings.bodyWithin());
        router.route().handler(this::greet);
        var paths = new LinkedHashMap<String, LinkedHashSet<HttpMethod>>();
        for (var route : routes) {
            var path = settings.basePath() + pattern(route.path());
            router.route(route.method(), path).handler(ctx -> serve(ctx, route, bodies));
            var methods = paths.computeIfAbsent(path, any -> new LinkedHashSet<>());
            methods.add(route.method());
            if (route.method().equals(HttpMethod.GET) && route.socket() == null) {
                router.route(HttpMethod.HEAD, path).handler(ctx -> serve(ctx, route, bodies));
                methods.add(HttpMethod.HEAD);
            }
        }
        paths.forEach((path, methods) -> router.route(path).handler(ctx -> wrongMethod(ctx, methods)));
        router.route(HttpMethod.GET, settings.basePath() + "/t/:token/*").handler(this::tokenInPath);
        router.route(settings.basePath() + "/t/:token/*").handler(this::tokenInPath);
        others.accept(router);
        router.route()
                .handler(ctx -> refuse(
                        ctx,
                        new Problems.HttpRefusal(
                                404,
                                "Not Found: "
                                        + AccessLog.redacted(
                                                String.valueOf(ctx.request().path()))),
                        Shape.JUPYTER));
        router.route().failureHandler(ctx -> {
            var failure = ctx.failure();
            var status = ctx.statusCode() >= 400 && ctx.statusCode() < 500 ? ctx.statusCode() : 400;
            refuse(
                    ctx,
                    failure != null && ctx.statusCode() == 500
                            ? failure
                            : new Problems.HttpRefusal(status, Problems.phrase(status)),
                    Shape.JUPYTER);
        });
        return router;
    }

    /// Lets through who has the right, for doors that are not in [Routes]. The request stays paused: whoever takes it
    /// next resumes it. A WebSocket that a browser's cookie vouches for must come from a page of ours.
    public Handler<RoutingContext> guard(Right right, Shape shape) {
        return ctx -> {
            ctx.request().pause();
            admitted(ctx, right, shape)
                    .onSuccess(proof -> {
                        if (proof.isPresent() && redirectedWithoutToken(ctx, shape, proof.get())) return;
                        try {
                            xsrf(ctx, proof, ctx.request().getHeader("X-XSRFToken"));
                            ctx.next();
                        } catch (Refused refused) {
                            refuse(ctx, refused, shape);
                        }
                    })
                    .onFailure(failure -> refuse(ctx, failure, shape));
        };
    }

    /// Who asks, once a route or a [#guard] let them in.
    public static Optional<Principal> principal(RoutingContext ctx) {
        return Optional.ofNullable(ctx.get(PRINCIPAL));
    }

    /// Answers with a refusal in that door's words.
    public void refuse(RoutingContext ctx, Throwable failure, Shape shape) {
        write(ctx, toLogin(ctx, failure, shape).orElseGet(() -> Problems.answer(failure, shape)));
    }

    private void greet(RoutingContext ctx) {
        if (settings.accessLog()) AccessLog.follow(ctx);
        var request = ctx.request();
        var headers = ctx.response().headers();
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "same-origin");
        if (!origins.knownHost(request.getHeader("Host"))) {
            refuse(
                    ctx,
                    Refused.forbidden("This pool listens on loopback only and is not known by that Host name;"
                            + " add the name to `http.hosts` if it is meant to be"),
                    Shape.JUPYTER);
            return;
        }
        var origin = request.getHeader("Origin");
        if (origin != null && origins.allowed(origin)) letRead(ctx, origin, settings.corsCredentials());
        if (request.method().equals(HttpMethod.OPTIONS)) preflight(ctx);
        else ctx.next();
    }

    private void letRead(RoutingContext ctx, String origin, boolean credentials) {
        var headers = ctx.response().headers();
        headers.set("Access-Control-Allow-Origin", origin);
        headers.set("Vary", "Origin");
        headers.set("Access-Control-Expose-Headers", "Location, ETag");
        if (credentials && origins.mayUseCookies(origin, null)) headers.set("Access-Control-Allow-Credentials", "true");
    }

    private static void preflight(RoutingContext ctx) {
        var headers = ctx.response().headers();
        headers.set("Access-Control-Allow-Headers", "accept, content-type, authorization, x-xsrftoken");
        headers.set("Access-Control-Allow-Methods", "GET, PUT, POST, PATCH, DELETE, OPTIONS");
        headers.set("Access-Control-Max-Age", "600");
        ctx.response().setStatusCode(204).end();
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
        var query = ctx.request().query();
        ctx.reroute(
                ctx.request().method(),
                settings.basePath() + path.substring(slash) + (query == null ? "" : "?" + query));
    }

    private void wrongMethod(RoutingContext ctx, LinkedHashSet<HttpMethod> methods) {
        ctx.response()
                .headers()
                .set("Allow", methods.stream().map(HttpMethod::name).collect(Collectors.joining(", ")));
        refuse(ctx, new Problems.HttpRefusal(405, "Method Not Allowed"), Shape.JUPYTER);
    }

    private void serve(RoutingContext ctx, Route route, Bodies bodies) {
        var request = ctx.request();
        request.pause();
        admitted(ctx, route.right(), route.shape())
                .onSuccess(proof -> {
                    if (proof.isPresent() && redirectedWithoutToken(ctx, route.shape(), proof.get())) return;
                    var socket = route.socket();
                    if (socket != null && wantsSocket(request) && proof.isPresent()) {
                        socket.open(ctx, proof.get().principal());
                        return;
                    }
                    bodies.read(request)
                            .compose(body -> work(ctx, route, proof, body))
                            .onSuccess(answer -> write(ctx, answer))
                            .onFailure(failure -> refuse(ctx, failure, route.shape()));
                })
                .onFailure(failure -> refuse(ctx, failure, route.shape()));
    }

    private Future<Optional<SignIn.Proof>> admitted(RoutingContext ctx, Right right, Shape shape) {
        if (right == Right.ANYONE) return Future.succeededFuture(Optional.empty());
        return signIn.proof(ctx).map(proof -> {
            proof.ifPresent(found -> ctx.put(PRINCIPAL, found.principal()));
            Permissions.require(
                    right,
                    proof.map(SignIn.Proof::principal).orElse(null),
                    ctx.pathParams().get("user"));
            var origin = ctx.request().getHeader("Origin");
            if (proof.isPresent() && origin != null) {
                if (proof.get().way() != SignIn.Way.COOKIE) {
                    // Whoever sends a token of their own may read the answer wherever they are, as in Jupyter's server.
                    if (!ctx.response().headers().contains("Access-Control-Allow-Origin")) letRead(ctx, origin, false);
                } else if (wantsSocket(ctx.request())
                        || !SAFE.contains(ctx.request().method())) {
                    if (!origins.mayUseCookies(origin, ctx.request().getHeader("Host")))
                        throw Refused.forbidden(
                                "Pages of %s may not do this".formatted(sluice.gateway.people.Words.quoted(origin)));
                }
            }
            if (shape == Shape.PAGE) offerXsrf(ctx);
            return proof;
        });
    }

    private Future<Answer> work(RoutingContext ctx, Route route, Optional<SignIn.Proof> proof, byte[] body) {
        Asked asked;
        try {
            asked = asked(ctx, route, proof, body);
            var form = isForm(ctx.request()) ? asked.form().getOrDefault(Xsrf.NAME, List.of()) : List.<String>of();
            var header = ctx.request().getHeader("X-XSRFToken");
            xsrf(ctx, proof, header != null ? header : form.isEmpty() ? null : form.getFirst());
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
        return VirtualThreads.call(() -> audited(route, asked));
    }

    private Answer audited(Route route, Asked asked) throws Exception {
        if (route.audit() == null) return route.action().on(asked);
        var who = asked.who() == null ? "-" : asked.who().name();
        var about = String.join("/", asked.path().values());
        try {
            var answer = route.action().on(asked);
            var outcome = answer.status() < 400 ? "ok" : "refused";
            audit.record(who, route.audit(), answer.about() == null ? about : answer.about(), asked.ip(), outcome);
            return answer;
        } catch (Exception e) {
            audit.record(who, route.audit(), about, asked.ip(), String.valueOf(e.getMessage()));
            throw e;
        }
    }

    private Asked asked(RoutingContext ctx, Route route, Optional<SignIn.Proof> proof, byte[] body) {
        var request = ctx.request();
        var parameters = new HashMap<>(ctx.pathParams());
        var rest = parameters.remove("*");
        if (rest != null) parameters.put("path", rest.startsWith("/") ? rest.substring(1) : rest);
        var user = route.path().startsWith("/user/") ? "/user/" + parameters.get("user") : "";
        var cookies = new HashMap<String, String>();
        for (var cookie : request.cookies()) cookies.putIfAbsent(cookie.getName(), cookie.getValue());
        return new Asked(
                proof.map(SignIn.Proof::principal).orElse(null),
                settings.basePath() + user,
                parameters,
                Query.parse(request.query() == null ? "" : request.query()),
                cookies,
                body,
                request.remoteAddress() == null ? "-" : request.remoteAddress().hostAddress(),
                settings.secureCookies() || request.isSSL(),
                request.localAddress().port(),
                Optional.ofNullable(request.getHeader("Host")).orElse("localhost"));
    }

    private static void xsrf(RoutingContext ctx, Optional<SignIn.Proof> proof, @Nullable String repeated) {
        var request = ctx.request();
        if (proof.isEmpty() || proof.get().way() != SignIn.Way.COOKIE) return;
        if (SAFE.contains(request.method())) return;
        var said = repeated;
        if (said == null && request.query() != null)
            said = Query.parse(request.query()).getOrDefault(Xsrf.NAME, List.of()).stream()
                    .findFirst()
                    .orElse(null);
        Xsrf.check(
                request.cookies(Xsrf.NAME).stream()
                        .map(io.vertx.core.http.Cookie::getValue)
                        .toList(),
                said);
    }

    private void offerXsrf(RoutingContext ctx) {
        if (!ctx.request().cookies(Xsrf.NAME).isEmpty()) return;
        ctx.response()
                .headers()
                .add("Set-Cookie", xsrfCookie(Xsrf.fresh(), ctx.request().isSSL()));
    }

    private String xsrfCookie(String value, boolean tls) {
        return LoginCookie.header(
                Xsrf.NAME,
                value,
                settings.basePath() + "/",
                settings.signedInFor(),
                settings.secureCookies() || tls,
                false);
    }

    /// A page that was opened by `?token=…` is shown again without it, with a cookie instead: addresses end up in
    /// histories and logs.
    private boolean redirectedWithoutToken(RoutingContext ctx, Shape shape, SignIn.Proof proof) {
        var request = ctx.request();
        if (shape != Shape.PAGE
                || proof.way() != SignIn.Way.ADDRESS
                || !request.method().equals(HttpMethod.GET)) return false;
        if (wantsSocket(request)) return false;
        var query = Query.withoutToken(request.query());
        var path = String.valueOf(ctx.get(SignIn.PATH_TOKEN) == null ? request.path() : ctx.normalizedPath());
        var answer = Answer.seeOther(Login.safe(path + (query.isEmpty() ? "" : "?" + query), settings.basePath() + "/"))
                .cookie(new Login(settings, signIn)
                        .cookie(proof.principal(), request.localAddress().port(), request.isSSL()));
        write(ctx, answer);
        return true;
    }

    private Optional<Answer> toLogin(RoutingContext ctx, Throwable failure, Shape shape) {
        var request = ctx.request();
        if (shape != Shape.PAGE || !(failure instanceof Refused refused)) return Optional.empty();
        if (refused.kind() != Refused.Kind.NOT_SIGNED_IN || !SAFE.contains(request.method())) return Optional.empty();
        var query = Query.withoutToken(request.query());
        var next = String.valueOf(request.path()) + (query.isEmpty() ? "" : "?" + query);
        return Optional.of(Answer.seeOther(settings.basePath() + "/login?next=" + Query.encoded(next)));
    }

    /// Sends an answer, from the event loop of its request.
    public void write(RoutingContext ctx, Answer answer) {
        var response = ctx.response();
        if (response.ended() || response.closed()) return;
        var request = ctx.request();
        response.setStatusCode(answer.status());
        var headers = response.headers();
        answer.headers().forEach(headers::set);
        answer.cookies().forEach(cookie -> headers.add("Set-Cookie", cookie));
        if (!answer.type().isEmpty()) headers.set("Content-Type", answer.type());
        if (!headers.contains("Content-Security-Policy"))
            headers.set(
                    "Content-Security-Policy",
                    "frame-ancestors 'self'; report-uri %s/api/security/csp-report; default-src 'none'"
                            .formatted(settings.basePath()));
        if (!headers.contains("Cache-Control")) headers.set("Cache-Control", "no-cache");
        if (answer.status() == 200 && SAFE.contains(request.method())) {
            var tag = Tags.of(answer.body());
            headers.set("ETag", tag);
            if (Tags.matches(request.getHeader("If-None-Match"), tag)) {
                response.setStatusCode(304).end();
                return;
            }
        }
        if (!request.isEnded() && !Bodies.worthDraining(request)) {
            headers.set("Connection", "close");
            finish(ctx, answer).onComplete(done -> request.connection().close());
            return;
        }
        request.resume(); // what was not read is thrown away, so that the connection can serve the next request
        finish(ctx, answer);
    }

    private static Future<Void> finish(RoutingContext ctx, Answer answer) {
        var response = ctx.response();
        if (ctx.request().method().equals(HttpMethod.HEAD)) {
            response.headers().set("Content-Length", String.valueOf(answer.body().length));
            return response.end();
        }
        return answer.body().length == 0
                ? response.end()
                : response.end(io.vertx.core.buffer.Buffer.buffer(answer.body()));
    }

    private static boolean wantsSocket(HttpServerRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
    }

    private static boolean isForm(HttpServerRequest request) {
        var type = request.getHeader("Content-Type");
        return type != null && type.startsWith("application/x-www-form-urlencoded");
    }

    /// Braces as the web server writes them.
    private static String pattern(String path) {
        return path.replace("{path*}", "*").replaceAll("\\{(\\w+)}", ":$1");
    }
}

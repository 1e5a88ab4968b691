package sluice.gateway.doors.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Words;

/// What a browser may do for the pages of other sites: read what they may read, and change nothing in the name of
/// whoever happens to be signed in.
final class Browsers {
    private static final List<HttpMethod> SAFE = List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    /// Sixteen bytes in base 64.
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");

    private final HttpSettings settings;
    private final Origins origins;

    Browsers(HttpSettings settings) {
        this.settings = settings;
        this.origins = new Origins(settings);
    }

    /// @throws Refused when the request came by a name that is not ours
    void checkHost(RoutingContext ctx) {
        if (origins.knownHost(ctx.request().getHeader("Host"))) return;
        throw Refused.forbidden("This pool listens on loopback only and is not known by that Host name:"
                + " if it should be, set gateway.public-url");
    }

    /// Says in the answer's headers who may read it.
    void greet(RoutingContext ctx) {
        var headers = ctx.response().headers();
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "same-origin");
        var origin = ctx.request().getHeader("Origin");
        if (origin == null || !origins.allowed(origin)) return;
        letRead(ctx, origin);
        if (origins.trusted(origin)) headers.set("Access-Control-Allow-Credentials", "true");
    }

    void preflight(RoutingContext ctx) {
        var headers = ctx.response().headers();
        headers.set(
                "Access-Control-Allow-Headers",
                "accept, content-type, authorization, x-xsrftoken, if-match, if-none-match");
        headers.set("Access-Control-Allow-Methods", "GET, PUT, POST, PATCH, DELETE, OPTIONS");
        headers.set("Access-Control-Max-Age", "600");
        ctx.response().setStatusCode(204).end();
    }

    /// Refuses what a page of another site asks for in the name of the person signed in to the browser.
    void checkOrigin(RoutingContext ctx, SignIn.Proof proof) {
        var request = ctx.request();
        var origin = request.getHeader("Origin");
        if (proof.way() != SignIn.Way.COOKIE) {
            // Whoever sends a token of their own may read the answer wherever they are, as in Jupyter's server.
            if (origin != null && !ctx.response().headers().contains("Access-Control-Allow-Origin"))
                letRead(ctx, origin);
            return;
        }
        if (SAFE.contains(request.method()) && !wantsSocket(request)) return;
        if (!origins.mayUseCookies(origin, request.getHeader("Host")))
            throw Refused.forbidden("Pages of %s may not do this".formatted(Words.quoted(String.valueOf(origin))));
    }

    /// Refuses a change that no page of ours asked for.
    /// @param form what a form says, null where there is none
    void checkXsrf(RoutingContext ctx, SignIn.Proof proof, @Nullable String form) {
        var request = ctx.request();
        if (!settings.login().checkXsrf() || proof.way() != SignIn.Way.COOKIE) return;
        if (SAFE.contains(request.method())) return;
        var said = request.getHeader("X-XSRFToken");
        if (said == null) said = form;
        if (said == null) said = Query.first(request.query(), Xsrf.NAME);
        Xsrf.check(Cookies.named(request, Xsrf.NAME), said);
    }

    /// Gives a page what it needs to prove itself later, if the browser does not have it.
    void offerXsrf(RoutingContext ctx) {
        if (!Cookies.named(ctx.request(), Xsrf.NAME).isEmpty()) return;
        var cookie = Xsrf.cookie(Xsrf.fresh(), settings, ctx.request().isSSL());
        ctx.response().headers().add("Set-Cookie", cookie);
    }

    static boolean isSafe(HttpMethod method) {
        return SAFE.contains(method);
    }

    static boolean wantsSocket(HttpServerRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
    }

    /// Refuses a handshake that is not RFC 6455's, which the web server would complete all the same.
    static void checkHandshake(HttpServerRequest request) {
        var key = String.valueOf(request.getHeader("Sec-WebSocket-Key"));
        var connection = String.valueOf(request.getHeader("Connection")).toLowerCase(Locale.ROOT);
        if (!request.method().equals(HttpMethod.GET)
                || !connection.contains("upgrade")
                || !KEY.matcher(key).matches()) throw Refused.badRequest("This is not a WebSocket handshake");
        if (!"13".equals(request.getHeader("Sec-WebSocket-Version")))
            throw new Problems.HttpRefusal(426, "Only version 13 of WebSocket is spoken here");
    }

    private static void letRead(RoutingContext ctx, String origin) {
        var headers = ctx.response().headers();
        headers.set("Access-Control-Allow-Origin", origin);
        headers.set("Vary", "Origin");
        headers.set("Access-Control-Expose-Headers", "Location, ETag");
    }
}

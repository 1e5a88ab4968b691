package sluice.gateway.doors.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Audit;

/// Does what a route is for: makes a plain question of the request, asks it on a virtual thread, and writes what
/// changed into the audit.
final class Work {
    private final HttpSettings settings;
    private final Browsers browsers;
    private final Audit audit;

    Work(HttpSettings settings, Browsers browsers, Audit audit) {
        this.settings = settings;
        this.browsers = browsers;
        this.audit = audit;
    }

    Future<Answer> on(RoutingContext ctx, Route route, Optional<SignIn.Proof> proof, byte[] body) {
        try {
            var asked = asked(ctx, route, proof, body);
            proof.ifPresent(found -> browsers.checkXsrf(ctx, found, xsrfOfForm(ctx, asked)));
            return VirtualThreads.call(() -> audited(route, asked));
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private Asked asked(RoutingContext ctx, Route route, Optional<SignIn.Proof> proof, byte[] body) {
        var request = ctx.request();
        // Only what the route itself names: after a token in the path, that token is among the parameters too.
        var parameters = new LinkedHashMap<String, String>();
        for (var name : route.parameters()) {
            var value = ctx.pathParams().get(name.equals("path") ? "*" : name);
            parameters.put(name, value == null ? "" : value.replaceFirst("^/", ""));
        }
        var user = route.path().startsWith("/user/") ? "/user/" + parameters.get("user") : "";
        return new Asked(
                proof.map(SignIn.Proof::principal).orElse(null),
                settings.basePath() + user,
                parameters,
                Query.parse(request.query() == null ? "" : request.query()),
                Cookies.of(request),
                body,
                Condition.of(request.getHeader("If-Match"), request.getHeader("If-None-Match")),
                address(request),
                request.isSSL(),
                request.localAddress().port());
    }

    private static @Nullable String xsrfOfForm(RoutingContext ctx, Asked asked) {
        var type = ctx.request().getHeader("Content-Type");
        if (type == null || !type.startsWith("application/x-www-form-urlencoded")) return null;
        return asked.form().getOrDefault(Xsrf.NAME, List.of()).stream()
                .findFirst()
                .orElse(null);
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

    static String address(HttpServerRequest request) {
        return request.remoteAddress() == null ? "-" : request.remoteAddress().hostAddress();
    }
}

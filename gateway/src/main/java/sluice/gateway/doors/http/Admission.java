package sluice.gateway.doors.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import sluice.gateway.people.Permissions;
import sluice.gateway.people.Principal;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Right;

/// Who comes in: who asks, whether they may, and for a page the way to the login form and back.
final class Admission {
    private static final String PRINCIPAL = "sluice.principal";

    private final HttpSettings settings;
    private final SignIn signIn;
    private final Browsers browsers;
    private final Login login;

    Admission(HttpSettings settings, SignIn signIn, Browsers browsers) {
        this.settings = settings;
        this.signIn = signIn;
        this.browsers = browsers;
        this.login = new Login(settings, signIn);
    }

    /// Who asks, if it matters, once they have the right.
    /// @return failed with [Refused] for those who have not
    Future<Optional<SignIn.Proof>> of(RoutingContext ctx, Right right, Shape shape) {
        if (right == Right.ANYONE) return Future.succeededFuture(Optional.empty());
        return signIn.proof(ctx).map(proof -> {
            proof.ifPresent(found -> ctx.put(PRINCIPAL, found.principal()));
            var principal = proof.map(SignIn.Proof::principal).orElse(null);
            Permissions.require(right, principal, ctx.pathParams().get("user"));
            proof.ifPresent(found -> browsers.checkOrigin(ctx, found));
            if (shape == Shape.PAGE) browsers.offerXsrf(ctx);
            return proof;
        });
    }

    static Optional<Principal> principal(RoutingContext ctx) {
        return Optional.ofNullable(ctx.get(PRINCIPAL));
    }

    /// A page that was opened by `?token=…` is shown again without it, with a cookie instead: addresses end up in
    /// histories and logs.
    Optional<Answer> withoutToken(RoutingContext ctx, Shape shape, Optional<SignIn.Proof> proof) {
        var request = ctx.request();
        if (shape != Shape.PAGE || proof.isEmpty() || proof.get().way() != SignIn.Way.ADDRESS) return Optional.empty();
        if (!request.method().equals(HttpMethod.GET) || Browsers.wantsSocket(request)) return Optional.empty();
        var accept = request.getHeader("Accept");
        var front = ctx.normalizedPath().equals(settings.basePath() + "/");
        if (!front && accept != null && !accept.contains("text/html")) return Optional.empty(); // a script's download
        var port = request.localAddress().port();
        return Optional.of(Answer.seeOther(Login.safe(addressWithoutToken(ctx), settings.basePath() + "/"))
                .cookie(login.cookie(proof.get().principal(), port, request.isSSL())));
    }

    /// The refusal in that shape's words, or for a person at a page the way to the login form.
    Answer refusal(RoutingContext ctx, Throwable failure, Shape shape) {
        if (shape != Shape.PAGE) return Problems.answer(failure, shape);
        if (!isVisit(ctx.request())) return Problems.answer(failure, Shape.JUPYTER);
        var stranger = failure instanceof Refused refused && refused.kind() == Refused.Kind.NOT_SIGNED_IN;
        if (!stranger || !Browsers.isSafe(ctx.request().method())) return Problems.answer(failure, Shape.PAGE);
        return Answer.seeOther(settings.basePath() + "/login?next=" + Query.encoded(addressWithoutToken(ctx)));
    }

    /// Whether somebody goes to an address, rather than a page's script asking for data.
    private static boolean isVisit(HttpServerRequest request) {
        var mode = request.getHeader("Sec-Fetch-Mode");
        if (mode != null) return mode.equals("navigate");
        var accept = request.getHeader("Accept");
        return accept == null || accept.contains("text/html") || !accept.contains("json");
    }

    private static String addressWithoutToken(RoutingContext ctx) {
        var query = Query.withoutToken(ctx.request().query());
        return ctx.normalizedPath() + (query.isEmpty() ? "" : "?" + query);
    }
}

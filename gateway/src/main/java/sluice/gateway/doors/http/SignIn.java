package sluice.gateway.doors.http;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import sluice.gateway.people.Principal;
import sluice.gateway.people.Tokens;

/// Finds out who asks. In this order: a token in the path (`/t/<token>/…`), in `Authorization: token …` or `Bearer …`,
/// in `?token=…`; then a login cookie. A token that is none of ours does not hide a cookie behind it:
/// JupyterLab's pages send the one their own server gave them.
public final class SignIn {
    /// How somebody proved who they are.
    public enum Way {
        HEADER,
        ADDRESS,
        COOKIE
    }

    public record Proof(Principal principal, Way way) {}

    private sealed interface Presented {
        record Secret(String text, Way way) implements Presented {}

        record Cookie(long tokenId) implements Presented {}
    }

    static final String PATH_TOKEN = "sluice.token";

    private final Tokens tokens;
    private final LoginCookie cookies;
    private final Clock clock;
    private final Tries tries;

    /// @param triesPerMinute wrong tokens from one address before it is told to wait
    public SignIn(Tokens tokens, byte[] cookieKey, int triesPerMinute, Clock clock) {
        this.tokens = tokens;
        this.cookies = new LoginCookie(cookieKey);
        this.clock = clock;
        this.tries = new Tries(triesPerMinute);
    }

    /// Who asks, if they say so rightly. Answers at once for a token seen in the last seconds.
    public Future<Optional<Proof>> proof(RoutingContext ctx) {
        List<Presented> presented;
        try {
            presented = presented(ctx);
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
        if (presented.isEmpty()) return Future.succeededFuture(Optional.empty());
        var known = remembered(presented.getFirst());
        if (known.isPresent()) return Future.succeededFuture(known);
        var address = Work.address(ctx.request());
        return VirtualThreads.call(() -> {
            var proof = presented.stream()
                    .map(this::prove)
                    .flatMap(Optional::stream)
                    .findFirst();
            if (proof.isEmpty() && tries.tooMany(address))
                throw new Problems.HttpRefusal(429, "Too many wrong tokens from this address: wait a minute");
            return proof;
        });
    }

    Tries tries() {
        return tries;
    }

    Tokens tokens() {
        return tokens;
    }

    Clock clock() {
        return clock;
    }

    LoginCookie cookies() {
        return cookies;
    }

    private List<Presented> presented(RoutingContext ctx) {
        var presented = new ArrayList<Presented>();
        String inPath = ctx.get(PATH_TOKEN);
        if (inPath != null) presented.add(new Presented.Secret(inPath, Way.ADDRESS));
        var request = ctx.request();
        for (var header : request.headers().getAll("Authorization"))
            scheme(header).ifPresent(token -> presented.add(new Presented.Secret(token, Way.HEADER)));
        var query = request.query();
        if (query != null && query.contains("token="))
            for (var token : Query.parse(query).getOrDefault("token", List.of()))
                presented.add(new Presented.Secret(token, Way.ADDRESS));
        presented.removeIf(one -> one instanceof Presented.Secret(var text, var _) && !Tokens.looksRight(text));
        cookie(request).ifPresent(presented::add);
        return presented;
    }

    private Optional<Presented> cookie(HttpServerRequest request) {
        for (var cookie :
                Cookies.named(request, LoginCookie.name(request.localAddress().port()))) {
            var tokenId = cookies.open(cookie, clock.instant());
            if (tokenId.isPresent()) return Optional.of(new Presented.Cookie(tokenId.getAsLong()));
        }
        return Optional.empty();
    }

    private static Optional<String> scheme(String header) {
        var space = header.indexOf(' ');
        if (space < 0) return Optional.empty();
        return switch (header.substring(0, space).toLowerCase(Locale.ROOT)) {
            case "token", "bearer" -> Optional.of(header.substring(space + 1).strip());
            default -> Optional.empty();
        };
    }

    private Optional<Proof> remembered(Presented presented) {
        return switch (presented) {
            case Presented.Secret(var text, var way) -> tokens.remembered(text).map(who -> new Proof(who, way));
            case Presented.Cookie(var id) -> tokens.remembered(id).map(who -> new Proof(who, Way.COOKIE));
        };
    }

    private Optional<Proof> prove(Presented presented) {
        return switch (presented) {
            case Presented.Secret(var text, var way) -> tokens.prove(text).map(who -> new Proof(who, way));
            case Presented.Cookie(var id) -> tokens.prove(id).map(who -> new Proof(who, Way.COOKIE));
        };
    }
}

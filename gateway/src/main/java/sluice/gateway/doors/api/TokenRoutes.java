package sluice.gateway.doors.api;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.doors.http.Fields;
import sluice.gateway.people.Permissions;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Token;
import sluice.gateway.people.Tokens;
import sluice.gateway.people.Users;

/// `/api/v1/tokens`, one's own, and `/api/v1/users/{name}/tokens`, somebody's.
public final class TokenRoutes {
    private static final long MOST_SECONDS = Duration.ofDays(3660).toSeconds();

    private final Tokens tokens;
    private final Users users;
    private final Clock clock;

    public TokenRoutes(Tokens tokens, Users users, Clock clock) {
        this.tokens = tokens;
        this.users = users;
        this.clock = clock;
    }

    record TokenView(
            long id,
            String owner,
            String prefix,
            String label,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable Instant lastUsedAt) {
        static TokenView of(Token token) {
            return new TokenView(
                    token.id(),
                    token.owner(),
                    token.prefix(),
                    token.label(),
                    token.createdAt(),
                    token.expiresAt(),
                    token.lastUsedAt());
        }
    }

    /// @param token its text, this once
    record IssuedView(
            long id,
            String token,
            String owner,
            String prefix,
            String label,
            Instant createdAt,
            @Nullable Instant expiresAt) {
        static IssuedView of(Token.Issued issued) {
            var token = issued.token();
            return new IssuedView(
                    token.id(),
                    issued.secret(),
                    token.owner(),
                    token.prefix(),
                    token.label(),
                    token.createdAt(),
                    token.expiresAt());
        }
    }

    public Answer list(Asked asked) {
        return list(asked.principal().name());
    }

    public Answer listOf(Asked asked) {
        return list(users.get(asked.path("name")).name());
    }

    public Answer issue(Asked asked) {
        return issue(asked, asked.principal().name());
    }

    public Answer issueFor(Asked asked) {
        return issue(asked, asked.path("name"));
    }

    public Answer revoke(Asked asked) {
        return revoke(asked, asked.path().get("name"));
    }

    /// @param owner whose it must be, null for anybody's whom the caller may act for
    private Answer revoke(Asked asked, @Nullable String owner) {
        var token = tokens.find(id(asked))
                .filter(found -> Permissions.mayTouch(asked.principal(), found.owner()))
                .filter(found -> owner == null || owner.equals(found.owner()))
                .orElseThrow(() -> Refused.notFound("There is no token of that number"));
        tokens.revoke(token.id());
        return Answer.nothing().about(token.owner() + "/" + token.id());
    }

    private Answer list(String owner) {
        return Answer.json(tokens.of(owner).stream().map(TokenView::of).toList());
    }

    private Answer issue(Asked asked, String owner) {
        var json = asked.json();
        var label = Objects.requireNonNullElse(Fields.text(json, "label"), "token");
        var issued = tokens.issue(users.get(owner), label, expiry(json));
        return Answer.created(asked.base() + "/api/v1/tokens/" + issued.token().id(), IssuedView.of(issued))
                .with("Cache-Control", "no-store")
                .about(owner + "/" + issued.token().id());
    }

    /// When it ends, as a time (`expires`) or from now (`expiresInSeconds`); null for never.
    private @Nullable Instant expiry(Map<String, Object> json) {
        var at = Fields.text(json, "expires");
        var seconds = Fields.number(json, "expiresInSeconds");
        if (at != null && seconds != null) throw Refused.badRequest("Say either expires or expiresInSeconds");
        var now = clock.instant();
        Instant expires;
        try {
            if (at != null) expires = OffsetDateTime.parse(at).toInstant();
            else if (seconds != null) expires = now.plusSeconds(Math.clamp(seconds, -1, MOST_SECONDS + 1));
            else return null;
        } catch (DateTimeParseException e) {
            throw Refused.badRequest("expires must be a time such as 2030-01-31T12:00:00Z");
        }
        if (!expires.isAfter(now) || expires.isAfter(now.plusSeconds(MOST_SECONDS)))
            throw Refused.badRequest("A token ends in the future, and within ten years");
        return expires;
    }

    private static long id(Asked asked) {
        try {
            return Long.parseLong(asked.path("tokenId"));
        } catch (NumberFormatException e) {
            throw Refused.notFound("There is no token of that number");
        }
    }
}

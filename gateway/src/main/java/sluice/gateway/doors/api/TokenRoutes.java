package sluice.gateway.doors.api;

import java.time.Duration;
import java.time.Instant;
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
    private static final long SECONDS_MOST = Duration.ofDays(3660).toSeconds();

    private final Tokens tokens;
    private final Users users;

    public TokenRoutes(Tokens tokens, Users users) {
        this.tokens = tokens;
        this.users = users;
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

    /// @param secret the token's text, this once
    record IssuedView(TokenView token, String secret) {}

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
        var token = tokens.find(id(asked))
                .filter(found -> Permissions.mayTouch(asked.principal(), found.owner()))
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
        var seconds = Fields.number(json, "expiresInSeconds");
        if (seconds != null && (seconds < 1 || seconds > SECONDS_MOST))
            throw Refused.badRequest("expiresInSeconds must be from 1 to %d, or null for a token that does not expire"
                    .formatted(SECONDS_MOST));
        var issued = tokens.issue(users.get(owner), label, seconds == null ? null : Duration.ofSeconds(seconds));
        return Answer.created(
                        asked.base() + "/api/v1/tokens/" + issued.token().id(),
                        new IssuedView(TokenView.of(issued.token()), issued.secret()))
                .with("Cache-Control", "no-store")
                .about(owner + "/" + issued.token().id());
    }

    private static long id(Asked asked) {
        try {
            return Long.parseLong(asked.path("tokenId"));
        } catch (NumberFormatException e) {
            throw Refused.notFound("There is no token of that number");
        }
    }
}

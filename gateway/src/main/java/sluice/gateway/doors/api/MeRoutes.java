package sluice.gateway.doors.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.doors.http.Fields;
import sluice.gateway.doors.http.Names;
import sluice.gateway.people.Users;

/// `/api/v1/me`: who one is here.
public final class MeRoutes {
    private final Users users;

    public MeRoutes(Users users) {
        this.users = users;
    }

    /// @param tokenId the token that was used, so that a page can tell it from the others
    record Me(
            String name,
            String displayName,
            String role,
            long tokenId,
            @Nullable Instant tokenExpiresAt) {}

    public Answer get(Asked asked) {
        var who = asked.principal();
        return Answer.json(new Me(
                who.name(), users.get(who.name()).displayName(), Names.of(who.role()), who.tokenId(), who.expiresAt()));
    }

    public Answer change(Asked asked) {
        users.rename(asked.principal().name(), Fields.neededText(asked.neededJson(), "displayName"));
        return get(asked);
    }
}

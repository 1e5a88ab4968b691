package sluice.gateway.people;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Who asks, as a token proved it.
/// @param tokenId the token that vouches: when it is revoked, everything opened with it ends
public record Principal(
        long userId,
        String name,
        String displayName,
        Role role,
        long tokenId,
        @Nullable Instant expiresAt) {
    public boolean isAdmin() {
        return role == Role.ADMIN;
    }

    boolean expired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }
}

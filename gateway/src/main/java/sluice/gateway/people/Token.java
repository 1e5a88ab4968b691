package sluice.gateway.people;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A token as its owner may see it again: everything but its text.
/// @param prefix the first eight characters, to recognise it by
public record Token(
        long id,
        String owner,
        String prefix,
        String label,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt,
        @Nullable Instant lastUsedAt) {

    /// A new token, with the one chance to read it.
    public record Issued(Token token, String secret) {}
}

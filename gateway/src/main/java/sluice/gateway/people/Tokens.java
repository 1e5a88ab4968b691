package sluice.gateway.people;

import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// The tokens people sign in with. A token is found by its hash, so how long the search takes says nothing about the
/// text of another.
public final class Tokens {
    private static final Duration USED_EVERY = Duration.ofMinutes(1);
    private static final String PROOF = """
            SELECT t.id AS token_id, t.hash, t.expires_at, t.revoked_at,
                   u.id AS user_id, u.name, u.display_name, u.role, u.disabled
            FROM access_token t JOIN pool_user u ON u.id = t.user_id""";

    private final Jdbi jdbi;
    private final Clock clock;
    private final Revocations revocations;
    private final Remembered remembered = new Remembered();
    private final ConcurrentHashMap<Long, Instant> lastUsed = new ConcurrentHashMap<>();

    public Tokens(Jdbi jdbi, Clock clock, Revocations revocations) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.revocations = revocations;
        revocations.onRevoked(tokenId -> {
            remembered.forget(tokenId);
            lastUsed.remove(tokenId);
        });
    }

    /// Makes a token for somebody. Its text is in the answer and nowhere else.
    /// @param expires null for one that does not
    public Token.Issued issue(User user, String label, @Nullable Instant expires) {
        var shown = User.checkShown("label", label);
        var secret = TokenText.fresh();
        var now = clock.instant();
        var id = jdbi.withHandle(db -> db.createUpdate("""
                        INSERT INTO access_token (user_id, hash, prefix, label, created_at, expires_at)
                        VALUES (:user, :hash, :prefix, :label, :now, :expires)
                        """)
                .bind("user", user.id())
                .bind("hash", TokenText.hash(secret))
                .bind("prefix", secret.substring(0, TokenText.PREFIX))
                .bind("label", shown)
                .bind("now", Utc.column(now))
                .bind("expires", Utc.columnOrNull(expires))
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one());
        return new Token.Issued(get(id), secret);
    }

    /// Whether a text could be one of our tokens at all; anything else need not be looked up.
    public static boolean looksRight(String text) {
        return TokenText.looksRight(text);
    }

    /// Who that token vouches for, if it was proved within the last seconds: answers without waiting for anything.
    public Optional<Principal> remembered(String secret) {
        return TokenText.looksRight(secret)
                ? remembered.byHash(TokenText.hash(secret), clock.instant())
                : Optional.empty();
    }

    /// As [#remembered(String)], for a token that a signed cookie names.
    public Optional<Principal> remembered(long tokenId) {
        return remembered.byId(tokenId, clock.instant());
    }

    /// Who that token vouches for. Asks the database.
    public Optional<Principal> prove(String secret) {
        if (!TokenText.looksRight(secret)) return Optional.empty();
        var hash = TokenText.hash(secret);
        return prove(PROOF + " WHERE t.hash = :key", hash)
                .filter(proof -> MessageDigest.isEqual(proof.hash(), hash))
                .map(Proof::principal);
    }

    /// As [#prove(String)], for a token that a signed cookie names.
    public Optional<Principal> prove(long tokenId) {
        return prove(PROOF + " WHERE t.id = :key", tokenId).map(Proof::principal);
    }

    /// Somebody's tokens that still work, newest first.
    public List<Token> of(String owner) {
        return jdbi.withHandle(db -> db.createQuery("""
                        SELECT t.*, u.name AS owner FROM access_token t JOIN pool_user u ON u.id = t.user_id
                        WHERE u.name = :owner AND t.revoked_at IS NULL
                              AND (t.expires_at IS NULL OR t.expires_at > :now)
                        ORDER BY t.id DESC
                        """)
                .bind("now", Utc.column(clock.instant()))
                .bind("owner", owner)
                .map((row, ctx) -> token(row))
                .list());
    }

    public Optional<Token> find(long id) {
        return jdbi.withHandle(db ->
                db.createQuery("""
                        SELECT t.*, u.name AS owner FROM access_token t JOIN pool_user u ON u.id = t.user_id
                        WHERE t.id = :id
                        """).bind("id", id).map((row, ctx) -> token(row)).findOne());
    }

    /// @throws Refused when there is none
    public Token get(long id) {
        return find(id).orElseThrow(() -> Refused.notFound("There is no token " + id));
    }

    /// Ends a token, and at once everything that was opened with it. Ending it again changes nothing.
    public void revoke(long id) {
        jdbi.useHandle(
                db -> db.createUpdate("UPDATE access_token SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL")
                        .bind("now", Utc.column(clock.instant()))
                        .bind("id", id)
                        .execute());
        revocations.tell(id);
    }

    /// Forgets what was proved about somebody's tokens, because what they may do has changed; with `andClose` also ends
    /// what was opened with them.
    public void recheck(User user, boolean andClose) {
        for (var token : of(user.name())) {
            remembered.forget(token.id());
            if (andClose) revocations.tell(token.id());
        }
    }

    private Optional<Proof> prove(String sql, Object key) {
        var now = clock.instant();
        var began = remembered.generation();
        var proof = jdbi.withHandle(db -> db.createQuery(sql)
                .bind("key", key)
                .map((row, ctx) -> proof(row))
                .findOne());
        var good = proof.filter(p -> p.stands() && !p.principal().expired(now));
        good.ifPresent(p -> {
            remembered.keep(p.hash(), p.principal(), began);
            used(p.principal().tokenId(), now);
        });
        return good;
    }

    private void used(long tokenId, Instant now) {
        var last = lastUsed.get(tokenId);
        if (last != null && now.isBefore(last.plus(USED_EVERY)) && !now.isBefore(last)) return;
        lastUsed.put(tokenId, now);
        jdbi.useHandle(db -> db.createUpdate("UPDATE access_token SET last_used_at = :now WHERE id = :id")
                .bind("now", Utc.column(now))
                .bind("id", tokenId)
                .execute());
    }

    private record Proof(byte[] hash, Principal principal, boolean stands) {}

    private static Proof proof(ResultSet row) throws SQLException {
        var principal = new Principal(
                row.getLong("user_id"),
                row.getString("name"),
                row.getString("display_name"),
                Role.valueOf(row.getString("role")),
                row.getLong("token_id"),
                Utc.instantOrNull(row, "expires_at"));
        var stands = row.getObject("revoked_at") == null && !row.getBoolean("disabled");
        return new Proof(row.getBytes("hash"), principal, stands);
    }

    private static Token token(ResultSet row) throws SQLException {
        return new Token(
                row.getLong("id"),
                row.getString("owner"),
                row.getString("prefix"),
                row.getString("label"),
                Utc.instant(row, "created_at"),
                Utc.instantOrNull(row, "expires_at"),
                Utc.instantOrNull(row, "revoked_at"),
                Utc.instantOrNull(row, "last_used_at"));
    }
}

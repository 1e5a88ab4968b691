package sluice.gateway.ledger;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Utc;
import sluice.gateway.people.Words;

/// Why sessions wait, waited, started or did not.
public final class Decisions {
    /// How long they are kept.
    private static final Duration KEPT = Duration.ofDays(30);

    private static final int LONGEST_REASON = 500;

    private final Jdbi jdbi;
    private final Clock clock;

    public Decisions(Jdbi jdbi, Clock clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// @param verdict `waits`, `granted`, `refused`, `started`, `failed`, `released`
    /// @param place in its queue, 0 where it stands in none
    public record Entry(
            Instant at,
            String session,
            String verdict,
            String reason,
            int place,
            @Nullable Instant eta) {}

    public void enter(Collection<Entry> entries) {
        if (entries.isEmpty()) return;
        jdbi.useHandle(db -> {
            var batch = db.prepareBatch("""
                    INSERT INTO decision (at, session, verdict, reason, place, eta)
                    VALUES (:at, :session, :verdict, :reason, :place, :eta)
                    """);
            for (var entry : entries) {
                batch.bind("at", Utc.column(entry.at))
                        .bind("session", entry.session)
                        .bind("verdict", entry.verdict)
                        .bind("reason", Words.plain(entry.reason, LONGEST_REASON))
                        .bind("place", entry.place)
                        .bind("eta", Utc.columnOrNull(entry.eta))
                        .add();
            }
            batch.execute();
        });
    }

    /// All about one session, oldest first.
    public List<Entry> of(String session) {
        return jdbi.withHandle(db -> db.createQuery("SELECT * FROM decision WHERE session = :session ORDER BY id")
                .bind("session", session)
                .map((row, ctx) -> new Entry(
                        Utc.instant(row, "at"),
                        row.getString("session"),
                        row.getString("verdict"),
                        row.getString("reason"),
                        row.getInt("place"),
                        Utc.instantOrNull(row, "eta")))
                .list());
    }

    /// Forgets what is older than a month.
    public void prune() {
        jdbi.useHandle(db -> db.createUpdate("DELETE FROM decision WHERE at < :before")
                .bind("before", Utc.column(clock.instant().minus(KEPT)))
                .execute());
    }
}

package sluice.gateway.people;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who did what, written once and never changed.
public final class Audit {
    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);

    /// @param who the user's name, or `-` for somebody who did not sign in
    /// @param what such as `kernel.start`
    /// @param object what it was done to
    /// @param outcome `ok`, or why not
    public record Entry(long id, Instant at, String who, String what, String object, String ip, String outcome) {}

    private final Jdbi jdbi;
    private final Clock clock;

    public Audit(Jdbi jdbi, Clock clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// Adds a line without making anybody wait for it. The deed is done by now: where the database cannot take the
    /// line, the log does.
    public void record(String who, String what, String object, String ip, String outcome) {
        var at = clock.instant();
        Thread.ofVirtual().name("audit").start(() -> store(at, who, what, object, ip, outcome));
    }

    private void store(Instant at, String who, String what, String object, String ip, String outcome) {
        try {
            jdbi.useHandle(db -> db.createUpdate("""
                            INSERT INTO audit (at, who, what, object, ip, outcome)
                            VALUES (:at, :who, :what, :object, :ip, :outcome)
                            """)
                    .bind("at", Utc.column(at))
                    .bind("who", Words.plain(who, 60))
                    .bind("what", Words.plain(what, 60))
                    .bind("object", Words.plain(object, 250))
                    .bind("ip", Words.plain(ip, 60))
                    .bind("outcome", Words.plain(outcome, 250))
                    .execute());
        } catch (RuntimeException e) {
            LOG.warn(
                    "audit line not stored: {} {} {} from {}: {} ({})", who, what, object, ip, outcome, e.getMessage());
        }
    }

    /// The newest lines first.
    /// @param before only lines older than the one with this id
    public List<Entry> read(long before, int most) {
        return jdbi.withHandle(db -> db.createQuery(
                        "SELECT * FROM audit WHERE id < :before ORDER BY id DESC LIMIT :most")
                .bind("before", before)
                .bind("most", most)
                .map((row, ctx) -> new Entry(
                        row.getLong("id"),
                        Utc.instant(row, "at"),
                        row.getString("who"),
                        row.getString("what"),
                        row.getString("object"),
                        row.getString("ip"),
                        row.getString("outcome")))
                .list());
    }
}

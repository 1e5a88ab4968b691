package sluice.gateway.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import sluice.gateway.ledger.LeaseRow.State;
import sluice.gateway.people.Utc;
import sluice.gateway.people.Words;
import sluice.scheduling.Demand;
import sluice.scheduling.Placement;

/// The leases' rows. Each step from one state to the next is one statement that names the state it starts from, so
/// that of two who try, one is told that it came too late.
public final class Leases {
    private static final int LONGEST_REASON = 500;

    private final Jdbi jdbi;

    public Leases(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// Enters one that waits.
    /// @param order how to start it when its turn comes
    public LeaseRow queue(Demand demand, String spec, String flavour, String order, String reason) {
        return insert(demand, spec, flavour, State.QUEUED, reason, null, order, null);
    }

    /// Enters one that was granted at once, and is being started.
    public LeaseRow grant(Demand demand, String spec, String flavour, Placement placement, Instant now) {
        return insert(demand, spec, flavour, State.STARTING, "", placement, null, now);
    }

    /// Enters one that is found running, after the ledger had lost sight of it.
    public LeaseRow adopt(Demand demand, String spec, String flavour, Placement placement, Instant now) {
        return insert(demand, spec, flavour, State.ACTIVE, "", placement, null, now);
    }

    private LeaseRow insert(
            Demand demand,
            String spec,
            String flavour,
            State state,
            String reason,
            @Nullable Placement placement,
            @Nullable String order,
            @Nullable Instant granted) {
        var held = placement == null ? null : placement.amounts();
        long id = jdbi.withHandle(db -> db.createUpdate("""
                        INSERT INTO lease (session, team, user, spec, flavour, state, reason, demand, placement, start_order,
                            milli_gpus, gpu_bytes, submitted_at, granted_at, reckoned_at)
                        VALUES (:session, :team, :user, :spec, :flavour, :state, :reason, :demand, :placement, :order,
                            :milli, :bytes, :submitted, :granted, :granted)
                        """)
                .bind("session", demand.id())
                .bind("team", demand.owner().team())
                .bind("user", demand.owner().user())
                .bind("spec", spec)
                .bind("flavour", flavour)
                .bind("state", state.name())
                .bind("reason", Words.plain(reason, LONGEST_REASON))
                .bind("demand", LedgerJson.MAPPER.writeValueAsString(demand))
                .bind("placement", placement == null ? null : LedgerJson.MAPPER.writeValueAsString(placement))
                .bind("order", order)
                .bind("milli", held == null ? 0 : held.milliGpus())
                .bind("bytes", held == null ? 0 : held.gpuBytes())
                .bind("submitted", Utc.column(demand.submitted()))
                .bind("granted", Utc.columnOrNull(granted))
                .executeAndReturnGeneratedKeys("id")
                .mapTo(Long.class)
                .one());
        return new LeaseRow(
                id,
                spec,
                flavour,
                state,
                reason,
                demand,
                placement,
                order,
                demand.submitted(),
                granted,
                null,
                granted,
                Use.NONE,
                0);
    }

    /// Its turn has come.
    /// @return false if it does not wait any more
    public boolean granted(long id, Placement placement, Instant now) {
        var held = placement.amounts();
        return jdbi.withHandle(db -> db.createUpdate("""
                                UPDATE lease SET state = 'STARTING', reason = '', placement = :placement,
                                    milli_gpus = :milli, gpu_bytes = :bytes, granted_at = :now, reckoned_at = :now
                                WHERE id = :id AND state = 'QUEUED'
                                """)
                        .bind("placement", LedgerJson.MAPPER.writeValueAsString(placement))
                        .bind("milli", held.milliGpus())
                        .bind("bytes", held.gpuBytes())
                        .bind("now", Utc.column(now))
                        .bind("id", id)
                        .execute())
                > 0;
    }

    /// It runs.
    public boolean active(long id) {
        return jdbi.withHandle(db -> db.createUpdate(
                                "UPDATE lease SET state = 'ACTIVE', start_order = NULL WHERE id = :id AND state = 'STARTING'")
                        .bind("id", id)
                        .execute())
                > 0;
    }

    /// It was granted and never started: it waits again, and has used nothing.
    public boolean requeue(long id, String reason) {
        return jdbi.withHandle(db -> db.createUpdate("""
                                UPDATE lease SET state = 'QUEUED', reason = :reason, placement = NULL, milli_gpus = 0,
                                    gpu_bytes = 0, granted_at = NULL, reckoned_at = NULL
                                WHERE id = :id AND state = 'STARTING' AND start_order IS NOT NULL AND allocated = 0
                                """)
                        .bind("reason", Words.plain(reason, LONGEST_REASON))
                        .bind("id", id)
                        .execute())
                > 0;
    }

    /// It holds nothing any more. Part of the caller's transaction, with the last of its use.
    static boolean release(Handle db, long id, String reason, Instant now) {
        return db.createUpdate("""
                        UPDATE lease SET state = 'RELEASED', reason = :reason, released_at = :now, start_order = NULL
                        WHERE id = :id AND released_at IS NULL
                        """)
                        .bind("reason", Words.plain(reason, LONGEST_REASON))
                        .bind("now", Utc.column(now))
                        .bind("id", id)
                        .execute()
                > 0;
    }

    /// All that wait or hold something.
    public List<LeaseRow> live() {
        return jdbi.withHandle(db -> db.createQuery("SELECT * FROM lease WHERE live IS NOT NULL ORDER BY id")
                .map((row, ctx) -> row(row))
                .list());
    }

    /// The newest first, ended ones too.
    /// @param user of whom, or null for everybody's
    /// @param before only rows older than the one with this id
    public List<LeaseRow> history(@Nullable String user, long before, int most) {
        return jdbi.withHandle(db -> db.createQuery("""
                        SELECT * FROM lease WHERE id < :before AND (:user IS NULL OR user = :user)
                        ORDER BY id DESC LIMIT :most
                        """)
                .bind("before", before)
                .bind("user", user)
                .bind("most", most)
                .map((row, ctx) -> row(row))
                .list());
    }

    /// The last one of a session.
    public Optional<LeaseRow> of(String session) {
        return jdbi.withHandle(
                db -> db.createQuery("SELECT * FROM lease WHERE session = :session ORDER BY id DESC LIMIT 1")
                        .bind("session", session)
                        .map((row, ctx) -> row(row))
                        .findOne());
    }

    private static LeaseRow row(ResultSet row) throws SQLException {
        var placement = row.getString("placement");
        return new LeaseRow(
                row.getLong("id"),
                row.getString("spec"),
                row.getString("flavour"),
                State.valueOf(row.getString("state")),
                row.getString("reason"),
                LedgerJson.MAPPER.readValue(row.getString("demand"), Demand.class),
                placement == null ? null : LedgerJson.MAPPER.readValue(placement, Placement.class),
                row.getString("start_order"),
                Utc.instant(row, "submitted_at"),
                Utc.instantOrNull(row, "granted_at"),
                Utc.instantOrNull(row, "released_at"),
                Utc.instantOrNull(row, "reckoned_at"),
                new Use(row.getLong("allocated"), row.getLong("busy"), row.getLong("suspended")),
                row.getLong("busy_seen"));
    }
}

package sluice.gateway.ledger;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Utc;
import sluice.scheduling.Account;
import sluice.scheduling.Owner;
import sluice.scheduling.share.DecayedUsage;

/// Who used how much of the GPUs. A lease's use is entered piece by piece, with the hour it fell into; each piece in
/// one
/// transaction with the moment up to which it reaches, so that none is entered twice or not at all.
public final class Usage {
    /// After so many half-lives a use counts less than a thousandth.
    private static final int HALF_LIVES = 10;

    private final Jdbi jdbi;
    private final Duration halfLife = DecayedUsage.INTERACTIVE;

    /// By account as in [Account#id]; guarded by this.
    private final Map<String, DecayedUsage> recent = new HashMap<>();

    private final Map<String, Map<YearMonth, Double>> spent = new HashMap<>();

    /// @param clock tells from when on past use is read
    public Usage(Jdbi jdbi, Clock clock) {
        this.jdbi = jdbi;
        read(clock.instant());
    }

    /// A piece of a lease's use.
    /// @param milli thousandths of cards held, or given back while they were suspended
    /// @param from where the last piece ended
    /// @param busyMillis in which a cell ran
    /// @param busySeen the node's own count of busy milliseconds at the end
    /// @param released why the lease ends with this piece; null where it goes on
    public record Piece(
            long lease,
            Owner owner,
            long milli,
            Instant from,
            Instant to,
            long busyMillis,
            long busySeen,
            boolean suspended,
            @Nullable String released) {

        /// What it comes to.
        public Use use() {
            return hours(rounded()).stream().map(InHour::use).reduce(Use.NONE, Use::plus);
        }

        /// In the milliseconds of the ledger.
        Piece rounded() {
            return new Piece(
                    lease,
                    owner,
                    milli,
                    from.truncatedTo(ChronoUnit.MILLIS),
                    to.truncatedTo(ChronoUnit.MILLIS),
                    busyMillis,
                    busySeen,
                    suspended,
                    released);
        }
    }

    private record InHour(Instant hour, Use use) {}

    /// Enters pieces, all of them or none.
    public void enter(Collection<Piece> pieces) {
        if (pieces.isEmpty()) return;
        var entered = jdbi.inTransaction(db -> {
            var taken = new ArrayList<Piece>();
            for (var piece : pieces) if (enter(db, piece.rounded())) taken.add(piece.rounded());
            return taken;
        });
        for (var piece : entered) count(piece);
    }

    private static boolean enter(Handle db, Piece piece) {
        var hours = hours(piece);
        var sum = piece.use();
        int moved = db.createUpdate("""
                        UPDATE lease SET reckoned_at = :to, allocated = allocated + :allocated, busy = busy + :busy,
                            suspended = suspended + :suspended, busy_seen = :seen
                        WHERE id = :id AND released_at IS NULL
                        """)
                .bind("to", Utc.column(piece.to))
                .bind("allocated", sum.allocated())
                .bind("busy", sum.busy())
                .bind("suspended", sum.suspended())
                .bind("seen", piece.busySeen)
                .bind("id", piece.lease)
                .execute();
        if (moved == 0) return false;
        for (var part : hours) {
            if (part.use.isNone()) continue;
            db.createUpdate("""
                            INSERT INTO usage_hour (team, user, hour, allocated, busy, suspended)
                            VALUES (:team, :user, :hour, :allocated, :busy, :suspended)
                            ON DUPLICATE KEY UPDATE allocated = allocated + VALUES(allocated),
                                busy = busy + VALUES(busy), suspended = suspended + VALUES(suspended)
                            """)
                    .bind("team", piece.owner.team())
                    .bind("user", piece.owner.user())
                    .bind("hour", Utc.column(part.hour))
                    .bind("allocated", part.use.allocated())
                    .bind("busy", part.use.busy())
                    .bind("suspended", part.use.suspended())
                    .execute();
        }
        if (piece.released != null) Leases.release(db, piece.lease, piece.released, piece.to);
        return true;
    }

    /// A piece cut at the full hours. What was busy is spread over them as the time is; the last hour has the rest.
    private static List<InHour> hours(Piece piece) {
        var parts = new ArrayList<InHour>();
        long all = Math.max(0, Duration.between(piece.from, piece.to).toMillis());
        long busy = Math.clamp(piece.busyMillis, 0, all);
        for (var from = piece.from; from.isBefore(piece.to); ) {
            var hour = from.truncatedTo(ChronoUnit.HOURS);
            var next = hour.plus(1, ChronoUnit.HOURS);
            var to = next.isBefore(piece.to) ? next : piece.to;
            long millis = Duration.between(from, to).toMillis();
            long part = to.equals(piece.to) ? busy : busy * millis / all;
            long held = millis * piece.milli;
            parts.add(new InHour(hour, piece.suspended ? new Use(0, 0, held) : new Use(held, part * piece.milli, 0)));
            busy -= part;
            all -= millis;
            from = to;
        }
        return parts;
    }

    private synchronized void count(Piece piece) {
        for (var part : hours(piece)) count(piece.owner, part.hour, part.use, piece.to);
    }

    private synchronized void count(Owner owner, Instant hour, Use use, Instant at) {
        double seconds = use.chargedSeconds();
        if (seconds == 0) return;
        var month = YearMonth.from(hour.atZone(ZoneOffset.UTC));
        for (var account : Account.of(owner)) {
            var before = recent.getOrDefault(account, DecayedUsage.none(halfLife, at))
                    .at(at);
            recent.put(account, new DecayedUsage(before.gpuSeconds() + seconds, before.at(), halfLife));
            spent.computeIfAbsent(account, _ -> new HashMap<>()).merge(month, seconds, Double::sum);
        }
    }

    private void read(Instant now) {
        var month = now.atZone(ZoneOffset.UTC)
                .withDayOfMonth(1)
                .truncatedTo(ChronoUnit.DAYS)
                .toInstant();
        var lately = now.minus(halfLife.multipliedBy(HALF_LIVES));
        var since = month.isBefore(lately) ? month : lately;
        jdbi.useHandle(db -> db.createQuery("SELECT * FROM usage_hour WHERE hour >= :since ORDER BY hour")
                .bind("since", Utc.column(since.truncatedTo(ChronoUnit.HOURS)))
                .map((row, ctx) -> new Hour(
                        new Owner(row.getString("team"), row.getString("user")),
                        Utc.instant(row, "hour"),
                        new Use(row.getLong("allocated"), row.getLong("busy"), row.getLong("suspended"))))
                .forEach(hour -> {
                    var end = hour.hour.plus(1, ChronoUnit.HOURS);
                    count(hour.owner, hour.hour, hour.use, end.isBefore(now) ? end : now);
                }));
    }

    private record Hour(Owner owner, Instant hour, Use use) {}

    /// GPUs used on average lately, older use counting less.
    public synchronized double recentGpus(String account, Instant now) {
        var use = recent.get(account);
        return use == null ? 0 : use.gpus(now);
    }

    /// GPU-hours charged in the calendar month (UTC) of a moment.
    public synchronized double spentGpuHours(String account, Instant now) {
        var months = spent.get(account);
        return months == null ? 0 : months.getOrDefault(YearMonth.from(now.atZone(ZoneOffset.UTC)), 0.0) / 3600;
    }

    /// The accounts that have used anything this month or lately.
    public synchronized List<String> accounts() {
        return List.copyOf(recent.keySet());
    }

    /// What somebody used on a team's account since a moment.
    public Use since(Owner owner, Instant hour) {
        return jdbi.withHandle(db -> db.createQuery("""
                        SELECT COALESCE(SUM(allocated), 0) allocated, COALESCE(SUM(busy), 0) busy,
                            COALESCE(SUM(suspended), 0) suspended
                        FROM usage_hour WHERE team = :team AND user = :user AND hour >= :hour
                        """)
                .bind("team", owner.team())
                .bind("user", owner.user())
                .bind("hour", Utc.column(hour))
                .map((row, ctx) -> new Use(row.getLong("allocated"), row.getLong("busy"), row.getLong("suspended")))
                .one());
    }
}

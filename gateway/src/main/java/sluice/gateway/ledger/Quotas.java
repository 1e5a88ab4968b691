package sluice.gateway.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Teams;
import sluice.gateway.people.Users;
import sluice.gateway.people.Utc;
import sluice.scheduling.Account;
import sluice.scheduling.Words;

/// The quotas of the pool, its teams and the people in them. Of two who change one at once, one is told to look again.
/// A quota goes with its team, and a person's with their membership.
public final class Quotas {
    private static final Logger LOG = LoggerFactory.getLogger(Quotas.class);

    private final Jdbi jdbi;
    private final Clock clock;
    private final Users users;
    private final Teams teams;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private final AtomicLong changes = new AtomicLong();
    private volatile @Nullable Read read;

    /// @param at the number of changes before they were read
    private record Read(long at, List<Account> accounts) {}

    public Quotas(Jdbi jdbi, Clock clock, Users users, Teams teams) {
        this.jdbi = jdbi;
        this.clock = clock;
        this.users = users;
        this.teams = teams;
        teams.onLeaving(this::left);
    }

    /// Calls the listener after each change, once others can see it, on the thread that made it. It must not wait.
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /// Those that somebody set, by account: the pool's first, each team's before its people's.
    public List<Quota> all() {
        return jdbi.withHandle(db -> db.createQuery("SELECT * FROM quota ORDER BY account")
                .map((row, ctx) -> quota(row))
                .list());
    }

    /// The same for the scheduler, which asks in every cycle: they are read again when one was changed here. Whoever is
    /// not named is not limited.
    public List<Account> accounts() {
        long at = changes.get();
        var known = read;
        if (known != null && known.at == at) return known.accounts;
        var now = new Read(at, all().stream().map(Quota::asAccount).toList());
        read = now;
        return now.accounts;
    }

    /// @return without limits and with version 0 where nobody set one
    /// @throws Refused when there is no such team, or nobody of that name in it
    public Quota get(AccountName account) {
        check(account);
        return find(account).orElseGet(() -> Quota.unset(account));
    }

    /// Sets all of a quota.
    /// @param expectedVersion what the caller saw it at, 0 for none yet; null to set it whatever it is now
    /// @param by who sets it
    /// @throws Refused when somebody else changed it meanwhile
    public Quota put(AccountName account, Allowance allowance, @Nullable Long expectedVersion, String by) {
        checkSensible(account, allowance);
        check(account);
        var now = jdbi.inTransaction(db -> {
            hold(db, account);
            var update = db.createUpdate(putting(expectedVersion));
            bind(update, account, allowance, by);
            if (expectedVersion != null && expectedVersion != 0) update.bind("expected", expectedVersion);
            return update.execute() == 0 ? Optional.<Quota>empty() : find(db, account);
        });
        if (now.isEmpty()) throw changed(account);
        tell();
        return now.get();
    }

    /// Takes a quota away: nothing limits that account any more.
    /// @param expectedVersion what the caller saw it at; null to remove it whatever it is now
    /// @throws Refused when there is none, or somebody else changed it meanwhile
    public void remove(AccountName account, @Nullable Long expectedVersion) {
        var gone = jdbi.withHandle(db -> db.createUpdate(
                        "DELETE FROM quota WHERE account = :account AND version = COALESCE(:expected, version)")
                .bind("account", account.id())
                .bind("expected", expectedVersion)
                .execute());
        if (gone == 0) throw expectedVersion == null ? none(account) : changed(account);
        tell();
    }

    private static String putting(@Nullable Long expected) {
        if (expected != null && expected != 0) return """
                   UPDATE quota SET milli_gpus = :milliGpus, gpu_bytes = :gpuBytes, milli_cpus = :milliCpus,
                   memory = :memory, disk = :disk, sessions = :sessions, gpu_hours = :gpuHours,
                   deserved_milli_gpus = :deserved, weight = :weight, version = NEXT VALUE FOR quota_version,
                   changed_at = :now, changed_by = :by WHERE account = :account AND version = :expected
                   """;
        return """
               %s INTO quota (account, milli_gpus, gpu_bytes, milli_cpus, memory, disk, sessions, gpu_hours,
               deserved_milli_gpus, weight, version, changed_at, changed_by)
               VALUES (:account, :milliGpus, :gpuBytes, :milliCpus, :memory, :disk, :sessions, :gpuHours,
               :deserved, :weight, NEXT VALUE FOR quota_version, :now, :by)
               """.formatted(expected == null ? "REPLACE" : "INSERT IGNORE");
    }

    private void bind(SqlStatement<?> update, AccountName account, Allowance allowance, String by) {
        update.bind("account", account.id())
                .bind("milliGpus", allowance.milliGpus())
                .bind("gpuBytes", allowance.gpuBytes())
                .bind("milliCpus", allowance.milliCpus())
                .bind("memory", allowance.memory())
                .bind("disk", allowance.disk())
                .bind("sessions", allowance.sessions())
                .bind("gpuHours", allowance.gpuHours())
                .bind("deserved", allowance.deserved())
                .bind("weight", allowance.weight())
                .bind("now", Utc.column(clock.instant()))
                .bind("by", by);
    }

    /// @throws Refused when there is no such team, or nobody of that name in it
    private void check(AccountName account) {
        if (account.team() == null) return;
        var isDefault = account.team().equals(Teams.DEFAULT);
        if (!isDefault) teams.get(account.team());
        if (account.user() == null) return;
        var user = users.get(account.user()).name();
        if (!isDefault && !teams.rolesOf(user).containsKey(account.team())) throw notIn(account);
    }

    /// Keeps the team and the membership from going before the quota is there to go with them.
    private static void hold(Handle db, AccountName account) {
        if (account.team() == null || account.team().equals(Teams.DEFAULT)) return;
        var held = db.createQuery("""
                        SELECT t.id FROM team t WHERE t.name = :team LOCK IN SHARE MODE
                        """)
                .bind("team", account.team())
                .mapTo(Long.class)
                .findOne();
        if (held.isEmpty()) throw Refused.notFound("There is no team " + account.team() + " any more");
        if (account.user() == null) return;
        var member = db.createQuery("""
                        SELECT m.user_id FROM team_member m JOIN pool_user u ON u.id = m.user_id
                        WHERE m.team_id = :team AND u.name = :user LOCK IN SHARE MODE
                        """)
                .bind("team", held.get())
                .bind("user", account.user())
                .mapTo(Long.class)
                .findOne();
        if (member.isEmpty()) throw notIn(account);
    }

    private void left(Handle db, String team, @Nullable String user) {
        // What begins with `vision/` lies between `vision/` and `vision0`.
        var gone = user != null
                ? db.createUpdate("DELETE FROM quota WHERE account = :account")
                        .bind("account", AccountName.person(team, user).id())
                        .execute()
                : db.createUpdate("DELETE FROM quota WHERE account = :team OR (account > :first AND account < :last)")
                        .bind("team", team)
                        .bind("first", team + '/')
                        .bind("last", team + (char) ('/' + 1))
                        .execute();
        if (gone > 0) db.afterCommit(this::tell);
    }

    /// What could be stored and would do nothing, or nothing good.
    private static void checkSensible(AccountName account, Allowance allowance) {
        if (account.team() == null && allowance.weight() != 1)
            throw Refused.badRequest("The pool has no weight: weights are for teams, and for the people within one");
        if (allowance.deserved() > 0 && (account.team() == null || account.user() != null))
            throw Refused.badRequest("Only a team has deserved GPUs; people within a team share by weight");
    }

    private void tell() {
        changes.incrementAndGet();
        for (var listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                LOG.error("telling that quotas changed", e);
            }
        }
    }

    private Optional<Quota> find(AccountName account) {
        return jdbi.withHandle(db -> find(db, account));
    }

    private static Optional<Quota> find(Handle db, AccountName account) {
        return db.createQuery("SELECT * FROM quota WHERE account = :account")
                .bind("account", account.id())
                .map((row, ctx) -> quota(row))
                .findOne();
    }

    private Refused changed(AccountName account) {
        var now = find(account)
                .map(quota -> "%s now has %s (changed by %s, %s ago)"
                        .formatted(account.words(), quota.allowance().words(), quota.changedBy(), age(quota)))
                .orElse(account.words() + " now has no quota of its own");
        return Refused.preconditionFailed("Somebody else changed it meanwhile: %s; look and try again".formatted(now));
    }

    private String age(Quota quota) {
        var changed = quota.changedAt();
        return Words.about(changed == null ? Duration.ZERO : Duration.between(changed, clock.instant()));
    }

    private static Refused none(AccountName account) {
        return Refused.notFound("There is no quota for %s: nothing of its own limits it".formatted(account.words()));
    }

    private static Refused notIn(AccountName account) {
        return Refused.notFound("%s is not in the team %s".formatted(account.user(), account.team()));
    }

    private static Quota quota(ResultSet row) throws SQLException {
        return new Quota(
                AccountName.of(row.getString("account")),
                new Allowance(
                        row.getObject("milli_gpus", Long.class),
                        row.getObject("gpu_bytes", Long.class),
                        row.getObject("milli_cpus", Long.class),
                        row.getObject("memory", Long.class),
                        row.getObject("disk", Long.class),
                        row.getObject("sessions", Long.class),
                        row.getObject("gpu_hours", Double.class),
                        row.getLong("deserved_milli_gpus"),
                        row.getDouble("weight")),
                row.getLong("version"),
                Utc.instant(row, "changed_at"),
                row.getString("changed_by"));
    }
}

package sluice.gateway.doors.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.ledger.AccountName;
import sluice.gateway.ledger.Quotas;
import sluice.gateway.ledger.Usage;
import sluice.gateway.people.TeamRole;
import sluice.gateway.people.Teams;
import sluice.gateway.queue.Dispatcher;
import sluice.gateway.queue.InUse;

/// `/api/v1/me/quota`: what the caller holds and may hold, as a person in each of their teams, with what the team and
/// the
/// pool have left.
public final class MyQuota {
    private final Dispatcher dispatcher;
    private final Quotas quotas;
    private final Usage usage;
    private final Teams teams;

    public MyQuota(Dispatcher dispatcher, Quotas quotas, Usage usage, Teams teams) {
        this.dispatcher = dispatcher;
        this.quotas = quotas;
        this.usage = usage;
        this.teams = teams;
    }

    /// @param limit null where nothing limits it
    record Of(Number used, @Nullable Number limit) {}

    /// @param account `` is the pool, `vision` a team, `vision/ada` a person in that team
    /// @param gpuHours charged in the running calendar month (UTC)
    /// @param recentGpus used on average lately, older use counting less: what fair shares look at
    record Level(
            String account,
            Of gpus,
            Of gpuMemoryBytes,
            Of cpus,
            Of memoryBytes,
            Of diskBytes,
            Of sessions,
            Of gpuHours,
            double recentGpus) {}

    /// @param levels the person's own, their team's, the pool's: each of them limits
    record InTeam(String team, List<Level> levels) {}

    public Answer get(Asked asked) {
        var user = asked.principal().name();
        var now = Instant.now();
        var inUse = new InUse(dispatcher.held());
        var all = new ArrayList<InTeam>();
        for (var team : paying(user)) {
            var levels = List.of(AccountName.person(team, user), AccountName.team(team), AccountName.POOL).stream()
                    .map(account -> level(account, inUse, now))
                    .toList();
            all.add(new InTeam(team, levels));
        }
        return Answer.json(all);
    }

    /// The teams on whose account they may start something, the usual one first.
    private List<String> paying(String user) {
        var roles = teams.rolesOf(user);
        if (roles.isEmpty()) return List.of(Teams.DEFAULT);
        return roles.keySet().stream()
                .filter(team -> roles.get(team) != TeamRole.VIEWER)
                .toList();
    }

    private Level level(AccountName account, InUse inUse, Instant now) {
        var id = account.id();
        var may = quotas.get(account).allowance();
        var has = inUse.of(id);
        return new Level(
                id,
                new Of(has.milliGpus() / 1000.0, thousandths(may.milliGpus())),
                new Of(has.gpuBytes(), may.gpuBytes()),
                new Of(has.milliCpus() / 1000.0, thousandths(may.milliCpus())),
                new Of(has.memory(), may.memory()),
                new Of(has.disk(), may.disk()),
                new Of(has.sessions(), may.sessions()),
                new Of(usage.spentGpuHours(id, now), may.gpuHours()),
                usage.recentGpus(id, now));
    }

    private static @Nullable Double thousandths(@Nullable Long milli) {
        return milli == null ? null : milli / 1000.0;
    }
}

package sluice.gateway.doors.api;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.ledger.AccountName;
import sluice.gateway.ledger.Quota;
import sluice.gateway.ledger.Quotas;
import sluice.gateway.people.Permissions;
import sluice.gateway.people.Principal;
import sluice.gateway.people.Refused;
import sluice.gateway.people.TeamRole;
import sluice.gateway.people.Teams;
import sluice.gateway.people.Words;

/// `/api/v1/quotas`: an administrator sets the pool's and the teams', a team's managers those of the people in it.
/// Everybody sees what limits them.
public final class QuotaRoutes {
    private final Quotas quotas;
    private final Teams teams;

    public QuotaRoutes(Quotas quotas, Teams teams) {
        this.quotas = quotas;
        this.teams = teams;
    }

    /// Those that somebody set and the caller may see.
    public Answer list(Asked asked) {
        var who = asked.principal();
        var roles = roles(who);
        return Answer.json(quotas.all().stream()
                .filter(quota -> maySee(who, roles, quota.account()))
                .map(QuotaJson::of)
                .toList());
    }

    public Answer ofPool(Asked asked) {
        return answer(quotas.get(AccountName.POOL));
    }

    public Answer setPool(Asked asked) {
        return set(asked, AccountName.POOL);
    }

    public Answer removePool(Asked asked) {
        return remove(asked, AccountName.POOL);
    }

    public Answer ofTeam(Asked asked) {
        seen(asked);
        return answer(quotas.get(team(asked)));
    }

    public Answer setTeam(Asked asked) {
        return set(asked, team(asked));
    }

    public Answer removeTeam(Asked asked) {
        return remove(asked, team(asked));
    }

    public Answer ofPerson(Asked asked) {
        var role = seen(asked);
        if (!Permissions.maySeeQuotaOf(asked.principal(), role, asked.path("name")))
            throw Refused.forbidden("Only a manager of the team sees the quotas of others in it");
        return answer(quotas.get(person(asked)));
    }

    public Answer setPerson(Asked asked) {
        managed(asked);
        return set(asked, person(asked));
    }

    public Answer removePerson(Asked asked) {
        managed(asked);
        return remove(asked, person(asked));
    }

    private Answer set(Asked asked, AccountName account) {
        var allowance = QuotaJson.read(asked.neededJson());
        var by = asked.principal().name();
        var quota = quotas.put(account, allowance, asked.condition().expectedVersion(), by);
        return answer(quota).about(named(account) + ": " + allowance.words());
    }

    private Answer remove(Asked asked, AccountName account) {
        quotas.remove(account, asked.condition().expectedVersion());
        return Answer.nothing().about(named(account));
    }

    private static Answer answer(Quota quota) {
        return Answer.json(QuotaJson.of(quota)).tagged(quota.version());
    }

    private static AccountName team(Asked asked) {
        return AccountName.team(asked.path("team"));
    }

    private static AccountName person(Asked asked) {
        return AccountName.person(asked.path("team"), asked.path("name"));
    }

    private static String named(AccountName account) {
        return account.equals(AccountName.POOL) ? "pool" : account.id();
    }

    /// The caller's role in the team, which they may see.
    private Optional<TeamRole> seen(Asked asked) {
        var team = asked.path("team");
        var role = Optional.ofNullable(roles(asked.principal()).get(team));
        if (Permissions.maySeeTeam(asked.principal(), role)) return role;
        throw Refused.notFound("There is no team " + Words.quoted(team));
    }

    private void managed(Asked asked) {
        if (!Permissions.mayManageTeam(asked.principal(), seen(asked)))
            throw Refused.forbidden("Only a manager of the team sets the quotas of the people in it");
    }

    /// Who is in no team is in the one of those.
    private Map<String, TeamRole> roles(Principal who) {
        var roles = teams.rolesOf(who.name());
        return roles.isEmpty() ? Map.of(Teams.DEFAULT, TeamRole.MEMBER) : roles;
    }

    private static boolean maySee(Principal who, Map<String, TeamRole> roles, AccountName account) {
        if (account.team() == null) return true;
        var role = Optional.ofNullable(roles.get(account.team()));
        return account.user() == null
                ? Permissions.maySeeTeam(who, role)
                : Permissions.maySeeQuotaOf(who, role, Objects.requireNonNull(account.user()));
    }
}

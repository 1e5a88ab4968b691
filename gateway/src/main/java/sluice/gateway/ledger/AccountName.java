package sluice.gateway.ledger;

import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Words;
import sluice.scheduling.Account;

/// Whose quota: the pool's, a team's, or that of a person in a team.
/// @param team null for the pool
/// @param user null for the pool and for a team
public record AccountName(@Nullable String team, @Nullable String user) {
    public static final AccountName POOL = new AccountName(null, null);

    public static AccountName team(String team) {
        return new AccountName(team, null);
    }

    public static AccountName person(String team, String user) {
        return new AccountName(team, user);
    }

    /// @param id as in [Account#id]
    /// @throws Refused when it has more parts than a person in a team has
    public static AccountName of(String id) {
        if (id.equals(Account.POOL)) return POOL;
        var parts = id.split("/", -1);
        return switch (parts.length) {
            case 1 -> team(parts[0]);
            case 2 -> person(parts[0], parts[1]);
            default ->
                throw Refused.badRequest("%s is no account: it is a team, or team/person".formatted(Words.quoted(id)));
        };
    }

    /// As [Account#id] has it: ``, `vision`, `vision/ada`.
    public String id() {
        if (team == null) return Account.POOL;
        return user == null ? team : team + "/" + user;
    }

    /// As a sentence has it: `the pool`, `team vision`, `ada in team vision`.
    public String words() {
        if (team == null) return "the pool";
        return user == null ? "team " + team : user + " in team " + team;
    }
}

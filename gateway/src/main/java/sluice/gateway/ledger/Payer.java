package sluice.gateway.ledger;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Refused;
import sluice.gateway.people.TeamRole;
import sluice.gateway.people.Teams;
import sluice.gateway.people.Words;
import sluice.scheduling.Owner;

/// Which team pays for what somebody starts.
public final class Payer {
    private final Teams teams;

    public Payer(Teams teams) {
        this.teams = teams;
    }

    /// @param team the one they ask for (`KERNEL_TEAM`); null or empty for any of theirs, which is the first by name
    /// @throws Refused when they are not in it, or only look on there
    public Owner of(String user, @Nullable String team) {
        var roles = teams.rolesOf(user);
        if (team != null && !team.isBlank()) return inTeam(user, team.strip(), roles);
        if (roles.isEmpty()) return new Owner(Teams.DEFAULT, user);
        return roles.entrySet().stream()
                .filter(role -> role.getValue() != TeamRole.VIEWER)
                .findFirst()
                .map(role -> new Owner(role.getKey(), user))
                .orElseThrow(() -> looksOn(String.join(" and ", roles.keySet())));
    }

    private static Owner inTeam(String user, String team, Map<String, TeamRole> roles) {
        if (roles.isEmpty() && team.equals(Teams.DEFAULT)) return new Owner(team, user);
        var role = roles.get(team);
        if (role == null)
            throw Refused.forbidden("You are not in team %s; %s".formatted(Words.quoted(team), own(roles.keySet())));
        if (role == TeamRole.VIEWER) throw looksOn(team);
        return new Owner(team, user);
    }

    private static String own(Set<String> teams) {
        if (teams.isEmpty()) return "you are in no team, so leave KERNEL_TEAM out";
        if (teams.size() == 1) return "yours is " + teams.iterator().next();
        return "yours are " + teams.stream().sorted().collect(Collectors.joining(", "));
    }

    private static Refused looksOn(String teams) {
        return Refused.forbidden(
                "You are a viewer of %s, and viewers start nothing; ask a manager there to make you a member"
                        .formatted(teams));
    }
}

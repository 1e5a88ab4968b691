package sluice.gateway.doors.api;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.doors.http.Fields;
import sluice.gateway.doors.http.Names;
import sluice.gateway.people.Permissions;
import sluice.gateway.people.Refused;
import sluice.gateway.people.TeamRole;
import sluice.gateway.people.Teams;
import sluice.gateway.people.Teams.Team;
import sluice.gateway.people.Users;

/// `/api/v1/teams`: an administrator makes them, a team's managers say who is in, its members see each other.
public final class TeamRoutes {
    private final Teams teams;
    private final Users users;

    public TeamRoutes(Teams teams, Users users) {
        this.teams = teams;
        this.users = users;
    }

    record TeamView(String name, String displayName, Instant createdAt) {
        static TeamView of(Team team) {
            return new TeamView(team.name(), team.displayName(), team.createdAt());
        }
    }

    record MemberView(String user, String displayName, String role, Instant since) {}

    record WholeTeam(String name, String displayName, Instant createdAt, List<MemberView> members) {}

    /// One's own teams; all of them for an administrator.
    public Answer list(Asked asked) {
        var who = asked.principal();
        var seen = who.isAdmin() ? teams.list() : teams.of(who.name());
        return Answer.json(seen.stream().map(TeamView::of).toList());
    }

    public Answer create(Asked asked) {
        var json = asked.neededJson();
        var team = teams.create(Fields.neededText(json, "name"), Fields.text(json, "displayName"));
        return Answer.created(asked.base() + "/api/v1/teams/" + team.name(), TeamView.of(team))
                .about(team.name());
    }

    public Answer get(Asked asked) {
        return Answer.json(whole(seen(asked)));
    }

    public Answer rename(Asked asked) {
        var team = managed(asked);
        return Answer.json(whole(teams.rename(team.name(), Fields.neededText(asked.neededJson(), "displayName"))));
    }

    public Answer delete(Asked asked) {
        teams.delete(asked.path("team"));
        return Answer.nothing();
    }

    public Answer putMember(Asked asked) {
        var team = managed(asked);
        var role = Objects.requireNonNullElse(Fields.choice(asked.json(), "role", TeamRole.class), TeamRole.MEMBER);
        teams.put(team, users.get(asked.path("name")), role);
        return Answer.json(whole(team));
    }

    public Answer removeMember(Asked asked) {
        var team = managed(asked);
        teams.remove(team, users.get(asked.path("name")));
        return Answer.nothing();
    }

    private Team seen(Asked asked) {
        var team = teams.get(asked.path("team"));
        var who = asked.principal();
        if (Permissions.maySeeTeam(who, teams.roleOf(who.name(), team))) return team;
        throw Refused.notFound("There is no team " + sluice.gateway.people.Words.quoted(asked.path("team")));
    }

    private Team managed(Asked asked) {
        var team = seen(asked);
        var who = asked.principal();
        if (Permissions.mayManageTeam(who, teams.roleOf(who.name(), team))) return team;
        throw Refused.forbidden("Only a manager of the team may change it");
    }

    private WholeTeam whole(Team team) {
        var members = teams.members(team).stream()
                .map(member ->
                        new MemberView(member.user(), member.displayName(), Names.of(member.role()), member.since()))
                .toList();
        return new WholeTeam(team.name(), team.displayName(), team.createdAt(), members);
    }
}

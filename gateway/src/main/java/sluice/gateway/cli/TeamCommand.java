package sluice.gateway.cli;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `sluice team`.
@Command(
        name = "team",
        description = "Who works together; quotas and fair shares are a team's.",
        mixinStandardHelpOptions = true)
public final class TeamCommand {

    @Command(
            name = "list",
            description = "List your teams, or all for an administrator.",
            mixinStandardHelpOptions = true)
    int list(@Mixin WhichPool which) throws InterruptedException {
        var teams = which.connect().get("/api/v1/teams");
        which.show(teams, () -> {
            var table = new Table("NAME", "DISPLAYED AS", "MADE");
            for (var team : teams) {
                table.row(
                        team.path("name").asString(""),
                        team.path("displayName").asString(""),
                        Ago.of(team.path("createdAt").asString(""), Instant.now()));
            }
            table.print(which.out(), "No teams. Whoever is in none is in the team called default.");
        });
        return 0;
    }

    @Command(name = "show", description = "Show who is in a team.", mixinStandardHelpOptions = true)
    int show(@Mixin WhichPool which, @Parameters(paramLabel = "TEAM") String name) throws InterruptedException {
        var team = which.connect().get(path(name));
        which.show(team, () -> members(which, team));
        return 0;
    }

    @Command(
            name = "create",
            description = "Make a team, for administrators; people are put into it with: team add TEAM USER.",
            mixinStandardHelpOptions = true)
    int create(
            @Mixin WhichPool which,
            @Parameters(paramLabel = "TEAM", description = "What it is called in paths: a-z, 0-9, - and _.")
                    String name,
            @Option(
                            names = "--display-name",
                            paramLabel = "TEXT",
                            description = "What people see, such as \"Computer vision\".")
                    @Nullable
                    String displayName)
            throws InterruptedException {
        var body = new LinkedHashMap<String, Object>();
        body.put("name", name);
        if (displayName != null) body.put("displayName", displayName);
        var team = which.connect().post("/api/v1/teams", body);
        which.show(
                team,
                () -> which.out()
                        .println("Team %s is made; put people into it with: sluice team add %s USER"
                                .formatted(name, name)));
        return 0;
    }

    @Command(
            name = "rename",
            description = "Change what people see; what it is called in paths stays.",
            mixinStandardHelpOptions = true)
    int rename(
            @Mixin WhichPool which,
            @Parameters(paramLabel = "TEAM") String name,
            @Parameters(paramLabel = "TEXT", description = "What people see from now on.") String displayName)
            throws InterruptedException {
        var team = which.connect().patch(path(name), Map.of("displayName", displayName));
        which.show(
                team,
                () -> which.out()
                        .println("Team %s is displayed as \"%s\" now."
                                .formatted(name, team.path("displayName").asString(""))));
        return 0;
    }

    @Command(
            name = "delete",
            description = "Delete a team and its quotas, for administrators; its people stay, and so do their kernels.",
            mixinStandardHelpOptions = true)
    int delete(@Mixin WhichPool which, @Parameters(paramLabel = "TEAM") String name) throws InterruptedException {
        which.connect().delete(path(name));
        which.show(
                JsonNodeFactory.instance.objectNode().put("deleted", name),
                () -> which.out()
                        .println("Team %s is deleted, and its quotas with it; its people stay.".formatted(name)));
        return 0;
    }

    @Command(
            name = "add",
            description = "Put a user into a team, or give them another role there.",
            mixinStandardHelpOptions = true)
    int add(
            @Mixin WhichPool which,
            @Parameters(paramLabel = "TEAM") String name,
            @Parameters(paramLabel = "USER") String user,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            defaultValue = "member",
                            description =
                                    "viewer (sees the team, starts nothing), member (the default), or manager (says who is in it and what each may have).")
                    String role)
            throws InterruptedException {
        var team = which.connect().put(member(name, user), Map.of("role", role));
        which.show(team, () -> which.out().println("%s is a %s of team %s now.".formatted(user, role, name)));
        return 0;
    }

    @Command(
            name = "remove",
            description = "Take a user out of a team, and their quota in it away.",
            mixinStandardHelpOptions = true)
    int remove(
            @Mixin WhichPool which,
            @Parameters(paramLabel = "TEAM") String name,
            @Parameters(paramLabel = "USER") String user)
            throws InterruptedException {
        which.connect().delete(member(name, user));
        which.show(
                JsonNodeFactory.instance.objectNode().put("removed", user).put("from", name),
                () -> which.out().println("%s is not in team %s any more; what runs goes on.".formatted(user, name)));
        return 0;
    }

    private static void members(WhichPool which, JsonNode team) {
        var out = which.out();
        out.println("Team %s (%s)"
                .formatted(
                        team.path("name").asString(""), team.path("displayName").asString("")));
        var table = new Table("USER", "DISPLAYED AS", "ROLE", "SINCE");
        for (var member : team.path("members")) {
            table.row(
                    member.path("user").asString(""),
                    member.path("displayName").asString(""),
                    member.path("role").asString(""),
                    Ago.of(member.path("since").asString(""), Instant.now()));
        }
        table.print(out, "Nobody is in it yet.");
    }

    static String path(String team) {
        return "/api/v1/teams/" + UserCommand.segment(team);
    }

    private static String member(String team, String user) {
        return path(team) + "/members/" + UserCommand.segment(user);
    }
}

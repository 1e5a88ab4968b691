package sluice.gateway.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sluice user`.
@Command(name = "user", description = "Who may use the pool.", mixinStandardHelpOptions = true)
public final class UserCommand {

    @Command(name = "add", description = "Add a user, and print a token for them.", mixinStandardHelpOptions = true)
    int add(
            @Mixin WhichPool which,
            @Parameters(paramLabel = "NAME", description = "What they are called in paths: a-z, 0-9, - and _.")
                    String name,
            @Option(
                            names = "--display-name",
                            paramLabel = "TEXT",
                            description = "What people see, such as \"Ada Lovelace\".")
                    @Nullable
                    String displayName,
            @Option(names = "--admin", description = "May see and do everything.") boolean admin,
            @Option(
                            names = "--no-token",
                            description = "Make no token; one comes later with: token create --user NAME.")
                    boolean noToken)
            throws InterruptedException {
        var pool = which.connect();
        var body = new LinkedHashMap<String, Object>();
        body.put("name", name);
        body.put("role", admin ? "admin" : "user");
        if (displayName != null) body.put("displayName", displayName);
        var user = pool.post("/api/v1/users", body);
        var answer = noToken ? user : pool.post(path(name) + "/tokens", Map.of("label", "first"));
        which.show(answer, () -> {
            which.out().println("%s was added.".formatted(name));
            if (noToken) return;
            var secret = answer.path("token").asString("");
            which.out().println("Their token, shown this once:  " + secret);
            which.out().println("They sign in at                " + pool.pool() + "/?token=" + secret);
        });
        return 0;
    }

    @Command(name = "list", description = "List the users.", mixinStandardHelpOptions = true)
    int list(@Mixin WhichPool which) throws InterruptedException {
        var users = which.connect().get("/api/v1/users");
        which.show(users, () -> {
            var table = new Table("NAME", "DISPLAYED AS", "ROLE", "STATE", "ADDED");
            for (var user : users) {
                table.row(
                        user.path("name").asString(""),
                        user.path("displayName").asString(""),
                        user.path("role").asString(""),
                        user.path("disabled").asBoolean(false) ? "disabled" : "active",
                        Ago.of(user.path("createdAt").asString(""), Instant.now()));
            }
            table.print(which.out(), "No users.");
        });
        return 0;
    }

    @Command(
            name = "disable",
            description = "Lock a user out at once: their connections close, their kernels stop, their files stay.",
            mixinStandardHelpOptions = true)
    int disable(@Mixin WhichPool which, @Parameters(paramLabel = "NAME") String name) throws InterruptedException {
        return change(which, name, true, "%s is disabled; their kernels are stopped, their files are kept.");
    }

    @Command(name = "enable", description = "Let a disabled user in again.", mixinStandardHelpOptions = true)
    int enable(@Mixin WhichPool which, @Parameters(paramLabel = "NAME") String name) throws InterruptedException {
        return change(which, name, false, "%s may come in again.");
    }

    static String path(String name) {
        return "/api/v1/users/" + segment(name);
    }

    /// A name as one segment of a path, whatever was typed.
    static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static int change(WhichPool which, String name, boolean disabled, String done) throws InterruptedException {
        var user = which.connect().patch(path(name), Map.of("disabled", disabled));
        which.show(user, () -> which.out().println(done.formatted(name)));
        return 0;
    }
}

package sluice.gateway.cli;

import java.time.Instant;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sluice.gateway.config.Span;
import tools.jackson.databind.node.JsonNodeFactory;

/// `sluice token`.
@Command(name = "token", description = "What programs and people sign in with.", mixinStandardHelpOptions = true)
public final class TokenCommand {

    @Command(name = "create", description = "Make a token and print it, this once.", mixinStandardHelpOptions = true)
    int create(
            @Mixin WhichPool which,
            @Option(names = "--user", paramLabel = "NAME", description = "For whom (default: yourself).") @Nullable
                    String user,
            @Option(names = "--label", paramLabel = "TEXT", description = "What it is for, to know it again.") @Nullable
                    String label,
            @Option(
                            names = "--expires",
                            paramLabel = "TIME",
                            description = "After how long it ends, such as 12h or 30d (default: never).")
                    @Nullable
                    String expires)
            throws InterruptedException {
        var body = new LinkedHashMap<String, Object>();
        body.put("label", label == null ? "made by sluice token create" : label);
        if (expires != null) body.put("expiresInSeconds", seconds(expires));
        var issued = which.connect().post(user == null ? "/api/v1/tokens" : UserCommand.path(user) + "/tokens", body);
        which.show(issued, () -> which.out().println(issued.path("token").asString("")));
        return 0;
    }

    @Command(
            name = "list",
            description = "List tokens: what they are for, never what they are.",
            mixinStandardHelpOptions = true)
    int list(
            @Mixin WhichPool which,
            @Option(names = "--user", paramLabel = "NAME", description = "Whose (default: your own).") @Nullable
                    String user)
            throws InterruptedException {
        var tokens = which.connect().get(user == null ? "/api/v1/tokens" : UserCommand.path(user) + "/tokens");
        which.show(tokens, () -> {
            var table = new Table("ID", "BEGINS WITH", "OF", "FOR", "MADE", "LAST USED", "EXPIRES");
            var now = Instant.now();
            for (var token : tokens) {
                table.row(
                        token.path("id").asString(""),
                        token.path("prefix").asString(""),
                        token.path("owner").asString(""),
                        token.path("label").asString(""),
                        Ago.of(token.path("createdAt").asString(""), now),
                        Ago.of(token.path("lastUsedAt").asString(""), now),
                        Ago.of(token.path("expiresAt").asString(""), now));
            }
            table.print(which.out(), "No tokens.");
        });
        return 0;
    }

    @Command(
            name = "revoke",
            description = "End a token at once; its connections close.",
            mixinStandardHelpOptions = true)
    int revoke(@Mixin WhichPool which, @Parameters(paramLabel = "ID", description = "As token list shows it.") long id)
            throws InterruptedException {
        which.connect().delete("/api/v1/tokens/" + id);
        which.show(
                JsonNodeFactory.instance.objectNode().put("revoked", id),
                () -> which.out().println("Token %d is revoked.".formatted(id)));
        return 0;
    }

    private static long seconds(String expires) {
        try {
            return Span.of(expires).toSeconds();
        } catch (IllegalArgumentException e) {
            throw new CannotDo("--expires: " + e.getMessage());
        }
    }
}

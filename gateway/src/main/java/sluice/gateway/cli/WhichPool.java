package sluice.gateway.cli;

import java.io.PrintWriter;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sluice.gateway.PoolOptions;
import sluice.gateway.up.ReadyFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Which running pool a command talks to, and how it shows the answer.
public final class WhichPool {
    private static final JsonMapper PRETTY = JsonMapper.builder()
            .enable(tools.jackson.databind.SerializationFeature.INDENT_OUTPUT)
            .build();

    @Mixin
    PoolOptions options = new PoolOptions();

    @Option(
            names = "--url",
            paramLabel = "URL",
            description =
                    "A pool elsewhere (or SLUICE_URL); its token comes from SLUICE_TOKEN. Default: the one on this data folder.")
    @Nullable
    String url;

    @Option(names = "--json", description = "Print JSON, for programs.")
    boolean json;

    @Spec(Spec.Target.MIXEE)
    @Nullable
    CommandSpec command;

    /// @throws CannotDo saying what to set or start
    PoolClient connect() {
        return connect(System.getenv());
    }

    PoolClient connect(Map<String, String> environment) {
        var elsewhere = url == null ? environment.getOrDefault("SLUICE_URL", "") : url;
        var token = environment.getOrDefault("SLUICE_TOKEN", "");
        if (!elsewhere.isEmpty()) {
            if (token.isEmpty()) throw new CannotDo("set SLUICE_TOKEN to a token of yours for " + elsewhere);
            return new PoolClient(address(elsewhere), token);
        }
        var ready = ReadyFile.read(options.data().resolve("ready.json"))
                .orElseThrow(() -> new CannotDo(
                        "no pool runs on %s (start it with: sluice up; or name another with --data or SLUICE_URL and SLUICE_TOKEN)"
                                .formatted(options.data())));
        var own = token.isEmpty() ? ready.token() : token;
        if (own == null) throw new CannotDo("the account admin is disabled; set SLUICE_TOKEN to a token of yours");
        return new PoolClient(address(ready.url()), own);
    }

    private static URI address(String text) {
        var bare = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        if (!bare.matches("https?://\\S+"))
            throw new CannotDo("\"%s\" is not an address like http://pool:8899".formatted(text));
        return URI.create(bare);
    }

    PrintWriter out() {
        return command == null
                ? new PrintWriter(System.out, true)
                : command.commandLine().getOut();
    }

    /// Prints the answer as it is, or what the table makes of it.
    void show(JsonNode answer, Runnable readably) {
        if (json) {
            out().println(PRETTY.writeValueAsString(answer));
        } else {
            readably.run();
        }
        out().flush();
    }
}

package sluice.gateway.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `sluice kernel`.
@Command(name = "kernel", description = "What runs.", mixinStandardHelpOptions = true)
public final class KernelCommand {
    @Command(
            name = "list",
            description = "List kernels: yours, or everybody's for an administrator.",
            mixinStandardHelpOptions = true)
    int list(
            @Mixin WhichPool which,
            @Option(names = "--user", paramLabel = "NAME", description = "Only that user's.") @Nullable String user)
            throws InterruptedException {
        var kernels = JsonNodeFactory.instance.arrayNode();
        for (var kernel : which.connect().get("/api/v1/kernels")) {
            if (user == null || user.equals(kernel.path("owner").asString(""))) kernels.add(kernel);
        }
        which.show(kernels, () -> {
            var table = new Table("ID", "OWNER", "KERNEL", "STATE", "PAGES", "LAST ACTIVE", "STARTED");
            var now = Instant.now();
            for (var kernel : kernels) {
                var reason = kernel.path("reason").asString("");
                table.row(
                        ShortId.of(kernel.path("id").asString("")),
                        kernel.path("owner").asString(""),
                        kernel.path("name").asString(""),
                        kernel.path("state").asString("") + (reason.isEmpty() ? "" : " (" + reason + ")"),
                        kernel.path("connections").asString("0"),
                        Ago.of(kernel.path("lastActivity").asString(""), now),
                        Ago.of(kernel.path("startedAt").asString(""), now));
            }
            table.print(which.out(), "No kernels run.");
        });
        return 0;
    }

    @Command(
            name = "stop",
            description = "Stop kernels; their variables are gone, files stay.",
            mixinStandardHelpOptions = true)
    int stop(
            @Mixin WhichPool which,
            @Parameters(
                            paramLabel = "ID",
                            arity = "0..*",
                            description = "As kernel list shows it; the beginning is enough.")
                    @Nullable
                    List<String> ids,
            @Option(names = "--all", description = "All that kernel list shows.") boolean all)
            throws InterruptedException {
        if (all == (ids != null && !ids.isEmpty())) throw new CannotDo("name the kernels to stop, or say --all");
        var pool = which.connect();
        var running = pool.get("/api/v1/kernels");
        var chosen = all || ids == null
                ? everyId(running)
                : ids.stream()
                        .map(id -> ShortId.whole(id, everyId(running), "kernel", "sluice kernel list shows them"))
                        .toList();
        var stopped = JsonNodeFactory.instance.arrayNode();
        for (var id : chosen) {
            pool.delete("/api/kernels/" + id);
            stopped.add(id);
        }
        which.show(
                stopped,
                () -> which.out()
                        .println(
                                stopped.size() == 1
                                        ? "Stopped kernel " + chosen.getFirst() + "."
                                        : "Stopped %d kernels.".formatted(stopped.size())));
        return 0;
    }

    private static List<String> everyId(JsonNode kernels) {
        var ids = new ArrayList<String>();
        for (var kernel : kernels) ids.add(kernel.path("id").asString(""));
        return ids;
    }
}

package sluice.gateway.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `sluice queue`.
@Command(name = "queue", description = "Who waits, who holds what, and why.", mixinStandardHelpOptions = true)
public final class QueueCommand {
    @Command(
            name = "list",
            description = "List what waits: yours, or everybody's for an administrator.",
            mixinStandardHelpOptions = true)
    int list(@Mixin WhichPool which) throws InterruptedException {
        var queue = which.connect().get("/api/v1/queue");
        which.show(queue, () -> {
            var table = new Table("SESSION", "USER", "TEAM", "ASKS FOR", "SINCE", "STARTS", "WHY");
            var now = Instant.now();
            for (var each : queue) {
                table.row(
                        ShortId.of(each.path("session").asString("")),
                        text(each, "user"),
                        text(each, "team"),
                        text(each, "asks"),
                        Ago.of(text(each, "since"), now),
                        eta(each, now),
                        text(each, "reason"));
            }
            table.print(which.out(), "Nobody waits.");
        });
        return 0;
    }

    @Command(
            name = "leases",
            description = "List what is held: yours, or everybody's for an administrator.",
            footer = {"", "GPU time is in seconds of whole cards: half a card for ten seconds is five."},
            mixinStandardHelpOptions = true)
    int leases(
            @Mixin WhichPool which,
            @Option(names = "--ended", description = "Also those that have ended, the newest first.") boolean ended)
            throws InterruptedException {
        var leases = which.connect().get("/api/v1/leases" + (ended ? "?ended=true" : ""));
        which.show(leases, () -> {
            var table = new Table("SESSION", "USER", "TEAM", "STATE", "HAS", "SINCE", "GPU TIME", "OF IT BUSY", "");
            var now = Instant.now();
            for (var each : leases) {
                boolean granted = !each.path("grantedAt").isNull();
                table.row(
                        ShortId.of(each.path("session").asString("")),
                        text(each, "user"),
                        text(each, "team"),
                        text(each, "state"),
                        text(each, "asks"),
                        Ago.of(text(each, granted ? "grantedAt" : "submittedAt"), now),
                        seconds(each, "allocatedSeconds"),
                        busy(each),
                        text(each, "reason"));
            }
            table.print(which.out(), "Nobody holds anything.");
        });
        return 0;
    }

    @Command(name = "why", description = "Tell why a session waits, waited, or ended.", mixinStandardHelpOptions = true)
    int why(
            @Mixin WhichPool which,
            @Parameters(paramLabel = "ID", description = "As queue list shows it; the beginning is enough.")
                    String beginning)
            throws InterruptedException {
        var pool = which.connect();
        var sessions = pool.get("/api/v1/leases?ended=true&limit=1000")
                .valueStream()
                .map(lease -> text(lease, "session"))
                .distinct()
                .toList();
        var session =
                ShortId.whole(beginning, sessions, "session", "sluice queue list and sluice queue leases show them");
        var whole = pool.get("/api/v1/leases/" + session);
        which.show(whole, () -> {
            var lease = whole.path("lease");
            which.out()
                    .println("%s of %s in team %s asks for %s: %s"
                            .formatted(
                                    session,
                                    text(lease, "user"),
                                    text(lease, "team"),
                                    text(lease, "asks"),
                                    text(lease, "state")));
            var table = new Table("WHEN", "", "WHY");
            var now = Instant.now();
            for (var each : whole.path("decisions"))
                table.row(Ago.of(text(each, "at"), now), text(each, "verdict"), text(each, "reason"));
            table.print(which.out(), "Nothing was written down about it.");
        });
        return 0;
    }

    private static String eta(JsonNode waiting, Instant now) {
        var eta = text(waiting, "eta");
        if (eta.isEmpty()) return "-";
        var left = Duration.between(now, Instant.parse(eta));
        return left.isNegative() ? "soon" : "in " + Ago.words(left);
    }

    private static String seconds(JsonNode lease, String field) {
        var seconds = lease.path(field).asDouble(0);
        if (seconds == 0) return "-";
        return seconds < 7200
                ? String.format(Locale.ROOT, "%.0f s", seconds)
                : String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }

    private static String busy(JsonNode lease) {
        var allocated = lease.path("allocatedSeconds").asDouble(0);
        if (allocated == 0) return "-";
        return Math.round(100 * lease.path("busySeconds").asDouble(0) / allocated) + "%";
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }
}

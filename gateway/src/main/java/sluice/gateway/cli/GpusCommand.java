package sluice.gateway.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/// `sluice gpus`.
@Command(name = "gpus", description = "The pool's cards, as they are now.", mixinStandardHelpOptions = true)
public final class GpusCommand implements Callable<Integer> {
    private static final double GIB = 1 << 30;

    @Mixin
    WhichPool which = new WhichPool();

    @Override
    public Integer call() throws InterruptedException {
        var cards = which.connect().get("/api/v1/gpus");
        which.show(cards, () -> {
            var table = new Table(
                    "NODE", "GPU", "MODEL", "LEASED", "MEMORY", "BUSY", "TEMPERATURE", "POWER", "HEALTH", "USED BY");
            for (var card : cards) {
                table.row(
                        card.path("node").asString(""),
                        card.path("index").asString(""),
                        card.path("model").asString(""),
                        leased(card),
                        memory(card),
                        number(card, "utilization", "%"),
                        number(card, "temperatureCelsius", " °C"),
                        number(card, "powerWatts", " W"),
                        card.path("health").asString(""),
                        users(card));
            }
            table.print(
                    which.out(),
                    "No cards: this pool's node found no driver, or gpus is none in its settings (sluice status says which).");
            if (cards.valueStream().anyMatch(card -> card.path("simulated").asBoolean(false)))
                which.out()
                        .println("Simulated cards compute nothing: they are there to try the pool without a real one.");
        });
        return 0;
    }

    private static String leased(JsonNode card) {
        var leased = card.path("leased").asDouble(0);
        return leased == 0 ? "-" : Math.round(100 * leased) + "%";
    }

    private static String memory(JsonNode card) {
        var total = card.path("memoryBytes").asLong(0) / GIB;
        var used = card.path("memoryUsedBytes");
        return used.isNumber()
                ? String.format(Locale.ROOT, "%.1f of %.0f GiB", used.asLong(0) / GIB, total)
                : String.format(Locale.ROOT, "%.0f GiB", total);
    }

    private static String number(JsonNode card, String name, String unit) {
        var value = card.path(name);
        return value.isNumber() ? Math.round(value.asDouble(0)) + unit : "-";
    }

    private static String users(JsonNode card) {
        var users = card.path("users")
                .valueStream()
                .map(use -> use.path("user").asString("") + " "
                        + ShortId.of(use.path("session").asString("")))
                .toList();
        return String.join(", ", users);
    }
}

package sluice.bench.link;

import java.util.Locale;
import java.util.Map;

/// The medians, and the best takes in brackets, as a Markdown table with a column for each carrier.
final class Table {
    private static final int WORDS = 52;

    private Table() {}

    static void print(Map<String, Map<Figure, Double>> medians, Map<String, Map<Figure, Double>> best) {
        var head = new StringBuilder("| %-52s |".formatted(""));
        var rule = new StringBuilder("|" + "-".repeat(WORDS + 2) + "|");
        for (var carrier : medians.keySet()) {
            head.append(" %24s |".formatted(Carrier.named(carrier).title()));
            rule.append("-".repeat(25)).append(":|");
        }
        System.out.println(head);
        System.out.println(rule);
        for (var figure : Figure.values()) {
            var row = new StringBuilder("| %-52s |".formatted(figure.words));
            for (var carrier : medians.keySet())
                row.append(" %24s |"
                        .formatted("%s (%s) %s"
                                .formatted(of(medians, carrier, figure), of(best, carrier, figure), figure.unit)));
            System.out.println(row);
        }
    }

    private static String of(Map<String, Map<Figure, Double>> figures, String carrier, Figure figure) {
        return number(figures.getOrDefault(carrier, Map.of()).getOrDefault(figure, Double.NaN));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
    }
}

package sluice.bench.link;

import java.util.Locale;
import java.util.Map;

/// The medians as a Markdown table, one column a carrier.
final class Table {
    private static final int WORDS = 52;

    private Table() {}

    static void print(Map<String, Map<Figure, Double>> medians) {
        var head = new StringBuilder("| %-52s |".formatted(""));
        var rule = new StringBuilder("|" + "-".repeat(WORDS + 2) + "|");
        for (var carrier : medians.keySet()) {
            head.append(" %16s |".formatted(Carrier.named(carrier).title()));
            rule.append("-".repeat(17)).append(":|");
        }
        System.out.println(head);
        System.out.println(rule);
        for (var figure : Figure.values()) {
            var row = new StringBuilder("| %-52s |".formatted(figure.words));
            for (var figures : medians.values())
                row.append(" %16s |".formatted(number(figures.getOrDefault(figure, Double.NaN)) + " " + figure.unit));
            System.out.println(row);
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.1f" : "%,.0f", value);
    }
}

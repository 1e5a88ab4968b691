package sluice.metrics.page;

import java.util.List;
import java.util.regex.Pattern;

/// What one name on the page means.
///
/// @param help one sentence, without the unit
/// @param unit what a value counts, "" for plain numbers; shown behind the help
/// @param labels the names every series has, in this order
public record Family(String name, Type type, String help, String unit, List<String> labels) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
    private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

    public Family {
        if (!NAME.matcher(name).matches()) throw new IllegalArgumentException("not a metric's name: " + name);
        if (help.isBlank()) throw new IllegalArgumentException(name + " needs a help text");
        labels = List.copyOf(labels);
        for (var label : labels) {
            if (!LABEL.matcher(label).matches() || label.startsWith("__") || label.equals("le")) {
                throw new IllegalArgumentException(name + " cannot have the label " + label);
            }
        }
        if (labels.stream().distinct().count() < labels.size()) {
            throw new IllegalArgumentException(name + " has a label twice: " + labels);
        }
    }

    /// See https://prometheus.io/docs/concepts/metric_types/
    public enum Type {
        GAUGE,
        COUNTER,
        HISTOGRAM
    }

    public static Family gauge(String name, String help, String unit, List<String> labels) {
        return new Family(name, Type.GAUGE, help, unit, labels);
    }

    public static Family counter(String name, String help, String unit, List<String> labels) {
        return new Family(name, Type.COUNTER, help, unit, labels);
    }

    public static Family histogram(String name, String help, String unit, List<String> labels) {
        return new Family(name, Type.HISTOGRAM, help, unit, labels);
    }

    /// The help as the page shows it: with its unit, as DCGM's exporter writes it.
    String helpWithUnit() {
        return unit.isEmpty() ? help + "." : help + " (in " + unit + ").";
    }
}

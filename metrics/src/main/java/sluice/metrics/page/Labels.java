package sluice.metrics.page;

import java.util.ArrayList;
import java.util.List;

/// The labels of a series, written once and used for many values.
public final class Labels {
    /// For families without any.
    public static final Labels NONE = new Labels(List.of(), "");

    private final List<String> names;
    private final String text; // a="x",b="y"

    private Labels(List<String> names, String text) {
        this.names = names;
        this.text = text;
    }

    /// @param values one for each name; any text will do
    public static Labels of(List<String> names, String... values) {
        if (names.size() != values.length) {
            throw new IllegalArgumentException(
                    "%d labels %s, but %d values".formatted(names.size(), names, values.length));
        }
        var text = new StringBuilder();
        for (int i = 0; i < values.length; i++) append(text, names.get(i), values[i]);
        return new Labels(List.copyOf(names), text.toString());
    }

    /// These and one more.
    public Labels and(String name, String value) {
        var more = new ArrayList<>(names);
        more.add(name);
        var longer = new StringBuilder(text);
        append(longer, name, value);
        return new Labels(List.copyOf(more), longer.toString());
    }

    List<String> names() {
        return names;
    }

    String text() {
        return text;
    }

    private static void append(StringBuilder text, String name, String value) {
        if (!text.isEmpty()) text.append(',');
        text.append(name).append("=\"");
        for (int i = 0; i < value.length(); i++) {
            var c = value.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '"' -> text.append("\\\"");
                case '\n' -> text.append("\\n");
                default -> text.append(c);
            }
        }
        text.append('"');
    }

    @Override
    public String toString() {
        return "{" + text + "}";
    }
}

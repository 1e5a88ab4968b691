package sluice.metrics.page;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads a page as strictly as it can be read: format 0.0.4, HELP and TYPE before each family, nothing twice.
final class PageParser {
    private static final Pattern HELP = Pattern.compile("# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (\\S.*)");
    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (gauge|counter|histogram)");
    private static final Pattern SERIES = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{.*\\})? (\\S+)");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\"");
    private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");
    private static final Pattern NUMBER = Pattern.compile("NaN|[+-]Inf|[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

    record Series(String name, Map<String, String> labels, double value) {}

    record Parsed(String type, String help, List<Series> series) {}

    /// All families of a page, by name.
    record Page(Map<String, Parsed> families) {
        /// The one of that name, which must be there.
        Parsed get(String name) {
            var family = families.get(name);
            if (family == null) throw new AssertionError("there is no " + name + ", only " + families.keySet());
            return family;
        }

        Set<String> names() {
            return families.keySet();
        }
    }

    private final Map<String, Parsed> families = new LinkedHashMap<>();
    private final Set<String> seen = new HashSet<>();

    static Page parse(String page) {
        var parser = new PageParser();
        parser.read(page);
        return new Page(parser.families);
    }

    private void read(String page) {
        if (!page.endsWith("\n")) throw new AssertionError("the last line has no end");
        var lines = page.substring(0, page.length() - 1).split("\n", -1);
        for (int at = 0; at < lines.length; ) {
            var help = HELP.matcher(lines[at]);
            if (!help.matches()) throw new AssertionError("HELP expected: " + lines[at]);
            var type = TYPE.matcher(lines[at + 1]);
            if (!type.matches() || !type.group(1).equals(help.group(1))) {
                throw new AssertionError("TYPE expected: " + lines[at + 1]);
            }
            var name = help.group(1);
            var family = new Parsed(type.group(2), help.group(2), new ArrayList<>());
            if (families.putIfAbsent(name, family) != null) throw new AssertionError(name + " comes twice");
            for (at += 2; at < lines.length && !lines[at].startsWith("#"); at++) {
                family.series.add(series(name, family.type, lines[at]));
            }
            if (family.series.isEmpty()) throw new AssertionError(name + " has no series");
        }
    }

    private Series series(String family, String type, String line) {
        var match = SERIES.matcher(line);
        if (!match.matches()) throw new AssertionError("not a series: " + line);
        var name = match.group(1);
        var fits = name.equals(family)
                || (type.equals("histogram") && name.matches(Pattern.quote(family) + "_(bucket|sum|count)"));
        if (!fits) throw new AssertionError(name + " stands under " + family);
        if (!NUMBER.matcher(match.group(3)).matches()) throw new AssertionError("not a number: " + line);
        if (!seen.add(line.substring(0, line.lastIndexOf(' ')))) throw new AssertionError("comes twice: " + line);
        var number = match.group(3).replace("Inf", "Infinity");
        return new Series(name, labels(match.group(2)), Double.parseDouble(number));
    }

    private static Map<String, String> labels(@Nullable String text) {
        var labels = new LinkedHashMap<String, String>();
        if (text == null) return labels;
        var inside = text.substring(1, text.length() - 1);
        for (int at = 0; at < inside.length(); ) {
            var match = LABEL.matcher(inside).region(at, inside.length());
            if (!match.lookingAt()) throw new AssertionError("not a label: " + inside.substring(at));
            var value = ESCAPED.matcher(match.group(2)).replaceAll(escaped -> switch (escaped.group(1)) {
                case "n" -> "\n";
                case "\\" -> "\\\\"; // itself escaped for replaceAll
                default -> escaped.group(1);
            });
            if (labels.put(match.group(1), value) != null) throw new AssertionError("label twice: " + text);
            at = match.end();
            if (at < inside.length() && inside.charAt(at++) != ',') throw new AssertionError("comma expected: " + text);
        }
        return labels;
    }
}

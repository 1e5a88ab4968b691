package sluice.gateway.config;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// What somebody may have meant by a key that does not exist.
final class Suggestion {
    private Suggestion() {}

    /// A sentence's end: the nearest key of that section, the section it belongs in, or all keys there are.
    static String of(String wrong, Record section) {
        var keys = keys(section.getClass());
        var nearest = keys.stream()
                .min(Comparator.comparingInt(key -> distance(wrong, key)))
                .orElseThrow();
        if (distance(wrong, nearest) <= (wrong.length() < 4 ? 1 : Math.max(2, wrong.length() / 3)))
            return "; did you mean \"%s\"?".formatted(nearest);
        var homes = sections()
                .filter(home -> keys(home.getType()).contains(wrong))
                .map(ConfigReader::key)
                .toList();
        if (!homes.isEmpty()) return "; it belongs under \"%s:\"".formatted(String.join(":\" or \"", homes));
        return "; there are " + String.join(", ", keys);
    }

    private static java.util.stream.Stream<RecordComponent> sections() {
        return Arrays.stream(Config.class.getRecordComponents())
                .filter(section -> section.getType().isRecord());
    }

    private static List<String> keys(Class<?> record) {
        return Arrays.stream(record.getRecordComponents())
                .map(ConfigReader::key)
                .toList();
    }

    /// Edits that turn one word into the other (Levenshtein).
    private static int distance(String one, String other) {
        var row = new ArrayList<Integer>();
        for (int j = 0; j <= other.length(); j++) row.add(j);
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row.getFirst();
            row.set(0, i);
            for (int j = 1; j <= other.length(); j++) {
                var replace = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row.get(j);
                row.set(j, Math.min(replace, 1 + Math.min(row.get(j), row.get(j - 1))));
            }
        }
        return row.getLast();
    }
}

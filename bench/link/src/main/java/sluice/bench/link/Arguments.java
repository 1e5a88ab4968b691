package sluice.bench.link;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the run was asked for.
/// @param results folder for the JSON, or null for the table alone
record Arguments(
        int rounds, List<String> carriers, @Nullable Path results) {
    static Arguments of(List<String> words) {
        int rounds = 3;
        var carriers = Carrier.NAMES;
        Path results = null;
        boolean save = true;
        for (var rest = words.iterator(); rest.hasNext(); ) {
            var word = rest.next();
            switch (word) {
                case "--rounds" -> rounds = Integer.parseInt(value(word, rest));
                case "--only" -> carriers = List.of(value(word, rest).split(","));
                case "--results" -> results = Path.of(value(word, rest));
                case "--no-save" -> save = false;
                default -> throw new IllegalArgumentException("unknown option " + word);
            }
        }
        for (var carrier : carriers) Carrier.named(carrier);
        if (rounds < 1) throw new IllegalArgumentException("--rounds must be 1 or more");
        return new Arguments(rounds, carriers, save ? results : null);
    }

    private static String value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) throw new IllegalArgumentException(option + " needs a value");
        return rest.next();
    }
}

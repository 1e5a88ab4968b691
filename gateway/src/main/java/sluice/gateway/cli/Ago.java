package sluice.gateway.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/// A moment as people say it: `2 h ago`, `in 29 d`.
final class Ago {
    private Ago() {}

    /// @param text an ISO instant; empty or absent is `never`
    static String of(String text, Instant now) {
        if (text.isEmpty() || text.equals("null")) return "never";
        try {
            var between = Duration.between(Instant.parse(text), now);
            return between.isNegative() ? "in " + words(between.negated()) : words(between) + " ago";
        } catch (DateTimeException e) {
            return text;
        }
    }

    static String words(Duration time) {
        if (time.toMinutes() < 1) return time.toSeconds() + " s";
        if (time.toHours() < 1) return time.toMinutes() + " min";
        if (time.toDays() < 2) return time.toHours() + " h";
        return time.toDays() + " d";
    }
}

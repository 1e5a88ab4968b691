package sluice.gateway.config;

import java.time.Duration;
import java.util.regex.Pattern;

/// How a length of time is written: `500ms`, `30s`, `10m`, `12h`, `30d`, and `0` for never.
public final class Span {
    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");

    private Span() {}

    /// @throws IllegalArgumentException with words for the user
    public static Duration of(String text) {
        if (text.strip().equals("0")) return Duration.ZERO;
        var written = WRITTEN.matcher(text.strip());
        if (!written.matches()) {
            throw new IllegalArgumentException(
                    "\"%s\" is not a length of time; write it like 500ms, 30s, 10m, 12h or 30d".formatted(text));
        }
        var amount = Long.parseLong(written.group(1));
        return switch (written.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }
}

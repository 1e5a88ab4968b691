package sluice.kernels.node;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdScalarDeserializer;

/// Reads `250ms`, `20s`, `5m`, `24h`, `7d`, `PT20S`, or seconds as a number.
final class DurationWords extends StdScalarDeserializer<Duration> {
    private static final Pattern WORDS = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");
    private static final Map<String, Duration> UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    DurationWords() {
        super(Duration.class);
    }

    @Override
    public Duration deserialize(JsonParser json, DeserializationContext context) {
        if (json.currentToken().isNumeric()) return Duration.ofMillis(Math.round(json.getDoubleValue() * 1000));
        var text = json.getValueAsString("");
        var words = WORDS.matcher(text.strip());
        if (words.matches()) {
            var unit = UNITS.getOrDefault(words.group(2), Duration.ZERO);
            return unit.multipliedBy(Long.parseLong(words.group(1)));
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            return (Duration) context.handleWeirdStringValue(
                    Duration.class, text, "not a duration; write it like 250ms, 20s, 5m, 24h or 7d");
        }
    }
}

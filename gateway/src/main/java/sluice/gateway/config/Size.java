package sluice.gateway.config;

import java.util.Locale;
import java.util.regex.Pattern;

/// An amount of memory or of data, written `16 MiB`, `512MiB`, `2 GiB` or as plain bytes.
public record Size(long bytes) {
    private static final Pattern WRITTEN =
            Pattern.compile("(\\d{1,12})\\s*(B|KiB|MiB|GiB|TiB)?", Pattern.CASE_INSENSITIVE);

    public Size {
        if (bytes < 0) throw new IllegalArgumentException("a size cannot be negative: " + bytes);
    }

    static Size of(String text) {
        var written = WRITTEN.matcher(text.strip());
        if (!written.matches()) {
            throw new IllegalArgumentException("\"%s\" is not a size; write it like 512 MiB or 2 GiB".formatted(text));
        }
        var unit = written.group(2) == null ? "b" : written.group(2).toLowerCase(Locale.ROOT);
        var factor = switch (unit) {
            case "kib" -> 1L << 10;
            case "mib" -> 1L << 20;
            case "gib" -> 1L << 30;
            case "tib" -> 1L << 40;
            default -> 1L;
        };
        try {
            return new Size(Math.multiplyExact(Long.parseLong(written.group(1)), factor));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("\"%s\" is more than anything can hold".formatted(text), e);
        }
    }

    static Size mebibytes(long count) {
        return new Size(count << 20);
    }

    public long mebibytes() {
        return bytes >> 20;
    }
}

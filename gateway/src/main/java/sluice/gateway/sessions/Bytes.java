package sluice.gateway.sessions;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Pattern;

/// Amounts of memory as clients write them: `20 GiB`, `20Gi` (Kubernetes), `1.5GB`, `512m`, or plain bytes.
final class Bytes {
    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,3})?)\\s*([kmgtp]?)(i?)b?");
    private static final String PREFIXES = "kmgtp";

    private Bytes() {}

    /// @throws IllegalArgumentException with words that say how to write it
    static long of(String text) {
        var written = WRITTEN.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!written.matches()
                || written.group(2).isEmpty() && !written.group(3).isEmpty())
            throw new IllegalArgumentException("write it like 20 GiB or 500 MiB");
        int power = written.group(2).isEmpty() ? 0 : 1 + PREFIXES.indexOf(written.group(2));
        var unit = BigDecimal.valueOf(written.group(3).isEmpty() ? 1000 : 1024).pow(power);
        var bytes = new BigDecimal(written.group(1)).multiply(unit);
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0)
            throw new IllegalArgumentException("that is more than anything can hold");
        return bytes.longValue();
    }
}

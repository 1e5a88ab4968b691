package sluice.gateway.cli;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// How quotas are typed and shown: accounts, numbers and sizes.
final class QuotaWords {
    static final String NONE = "none";
    private static final String POOL = "pool";
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,6})?)\\s*(?:([kmgtp])(?:i?b)?|b)?");
    private static final String LETTERS = " kmgtp";
    private static final List<String> UNITS = List.of("bytes", "KiB", "MiB", "GiB", "TiB", "PiB");

    private QuotaWords() {}

    /// Where the quota of `pool`, `vision` or `vision/ada` is.
    static String path(String account) {
        var base = "/api/v1/quotas/";
        if (account.equals(POOL)) return base + POOL;
        var parts = account.split("/", -1);
        if (parts.length > 2 || parts[0].isEmpty() || parts[parts.length - 1].isEmpty())
            throw new CannotDo("\"%s\" is not pool, a team such as vision, or a person in a team such as vision/ada"
                    .formatted(account));
        var team = base + "teams/" + UserCommand.segment(parts[0]);
        return parts.length == 1 ? team : team + "/users/" + UserCommand.segment(parts[1]);
    }

    /// How a person would type it.
    static String account(JsonNode quota) {
        var account = quota.path("account").asString("");
        return account.isEmpty() ? POOL : account;
    }

    /// `the pool`, `team vision`, `ada in team vision`
    static String who(JsonNode quota) {
        var account = account(quota);
        var slash = account.indexOf('/');
        if (slash >= 0) return account.substring(slash + 1) + " in team " + account.substring(0, slash);
        return account.equals(POOL) ? "the pool" : "team " + account;
    }

    /// A number, or null for `none`.
    /// @throws CannotDo saying what to write
    static @Nullable BigDecimal number(String option, String text) {
        if (text.equalsIgnoreCase(NONE)) return null;
        try {
            return new BigDecimal(text.strip());
        } catch (NumberFormatException e) {
            throw new CannotDo(
                    "%s: \"%s\" is not a number; write one such as 4 or 0.5, or none".formatted(option, text));
        }
    }

    /// A number of bytes, or null for `none`. The pool's sentences call 2^30 bytes a GB, so here that is what it is.
    /// @throws CannotDo saying what to write
    static @Nullable BigInteger bytes(String option, String text) {
        if (text.equalsIgnoreCase(NONE)) return null;
        var written = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!written.matches())
            throw new CannotDo(
                    "%s: \"%s\" is not a size; write it like 80GiB or 512MiB, or none".formatted(option, text));
        int power = written.group(2) == null ? 0 : LETTERS.indexOf(written.group(2));
        var bytes = new BigDecimal(written.group(1)).multiply(BigDecimal.valueOf(1L << (10 * power)));
        return bytes.setScale(0, RoundingMode.HALF_UP).toBigInteger();
    }

    /// Whether such a quota has such a field: the pool has no weight, and only teams deserve cards.
    static boolean has(JsonNode quota, String field) {
        var account = account(quota);
        return switch (field) {
            case "deservedGpus" -> !account.equals(POOL) && account.indexOf('/') < 0;
            case "weight" -> !account.equals(POOL);
            default -> true;
        };
    }

    /// @param none what to show where nothing limits it
    static String shown(JsonNode quota, String field, String none) {
        if (!has(quota, field)) return "";
        var value = quota.path(field);
        if (!value.isNumber()) return none;
        return field.endsWith("Bytes") ? size(value.asLong(0)) : value.asString("");
    }

    /// `80 GiB`, `1.5 TiB`
    static String size(long bytes) {
        int unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < UNITS.size() - 1) {
            value /= 1024;
            unit++;
        }
        var text = String.format(Locale.ROOT, "%.1f", value).replaceFirst("\\.0$", "");
        return text + " " + UNITS.get(unit);
    }

    /// `2 min ago by eve`
    static String changed(JsonNode quota) {
        return "%s by %s"
                .formatted(
                        Ago.of(quota.path("changedAt").asString(""), Instant.now()),
                        quota.path("changedBy").asString(""));
    }

    /// What holds where nobody set a quota.
    static String unset(JsonNode quota) {
        var account = account(quota);
        if (account.equals(POOL)) return "Nobody has set it: nothing limits the pool as a whole.";
        return account.indexOf('/') < 0
                ? "Nobody has set it: only the pool's holds."
                : "Nobody has set it: only the team's and the pool's hold.";
    }
}

package sluice.gateway.doors.http;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which web pages may talk to us from a browser, and by which names we are called.
final class Origins {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|.*\\.localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    private final HttpSettings settings;
    private final List<Pattern> patterns;

    Origins(HttpSettings settings) {
        this.settings = settings;
        this.patterns = settings.origins().stream()
                .filter(origin -> origin.startsWith("~"))
                .map(origin -> Pattern.compile(origin.substring(1)))
                .toList();
    }

    /// Whether pages of that origin may read our answers.
    boolean allowed(String origin) {
        return settings.origins().contains("*") || listed(origin);
    }

    /// Whether pages of that origin may do so as the person who is signed in to the browser: never just anybody's.
    boolean mayUseCookies(@Nullable String origin, @Nullable String host) {
        if (origin == null) return true; // a browser always says it where it matters
        return sameAs(origin, host) || (settings.corsCredentials() && listed(origin));
    }

    /// Whether the name a browser called us by is one that leads here for sure.
    boolean knownHost(@Nullable String host) {
        if (!settings.loopbackOnly() || host == null) return true; // only browsers can be fooled, and they name a host
        var name = host.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
        return LOOPBACK.matcher(name).matches() || settings.hosts().contains(name);
    }

    private boolean listed(String origin) {
        return settings.origins().contains(origin)
                || patterns.stream().anyMatch(pattern -> pattern.matcher(origin).matches());
    }

    private static boolean sameAs(String origin, @Nullable String host) {
        var slashes = origin.indexOf("://");
        return host != null && slashes > 0 && origin.substring(slashes + 3).equalsIgnoreCase(host);
    }
}

package sluice.gateway.doors.http;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which web pages may talk to us from a browser, and by which names we are called.
final class Origins {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|.*\\.localhost|127(\\.\\d{1,3}){3}|\\[::1]");

    private final HttpSettings settings;
    private final Pattern pattern;

    Origins(HttpSettings settings) {
        this.settings = settings;
        this.pattern = Pattern.compile(settings.cors().pattern());
    }

    /// Whether pages of that origin may read our answers.
    boolean allowed(String origin) {
        return settings.cors().origins().contains("*") || listed(origin);
    }

    /// Whether pages of that origin may act as the person who is signed in to the browser: ours, and those listed by
    /// name where the configuration says so; never just anybody's.
    boolean mayUseCookies(@Nullable String origin, @Nullable String host) {
        if (origin == null) return true; // a browser always says it where it matters
        return sameAs(origin, host) || trusted(origin);
    }

    /// Whether pages of that other origin may send the visitor's cookie.
    boolean trusted(String origin) {
        return settings.cors().credentials() && listed(origin);
    }

    /// Whether the name a browser called us by is one that leads here for sure.
    boolean knownHost(@Nullable String host) {
        if (!settings.loopbackOnly() || host == null) return true; // only browsers can be fooled, and they name a host
        var name = host.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT);
        return LOOPBACK.matcher(name).matches() || settings.hosts().contains(name);
    }

    private boolean listed(String origin) {
        return settings.cors().origins().contains(origin)
                || pattern.matcher(origin).matches();
    }

    private static boolean sameAs(String origin, @Nullable String host) {
        var slashes = origin.indexOf("://");
        return host != null && slashes > 0 && origin.substring(slashes + 3).equalsIgnoreCase(host);
    }
}

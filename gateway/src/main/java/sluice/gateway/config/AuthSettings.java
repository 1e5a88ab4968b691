package sluice.gateway.config;

import static sluice.gateway.config.BadValue.check;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// Signing in, and which other sites' pages may call.
/// @param allowOrigins exact origins, or `*`
/// @param allowOriginPattern a regular expression for the whole origin, empty for none
public record AuthSettings(
        Duration cookieLife,
        boolean secureCookie,
        int triesPerMinute,
        List<String> allowOrigins,
        String allowOriginPattern,
        boolean allowCredentials,
        boolean checkXsrf) {
    static final AuthSettings DEFAULT = new AuthSettings(Duration.ofDays(30), false, 20, List.of(), "", false, true);

    public AuthSettings {
        allowOrigins = List.copyOf(allowOrigins);
        check(cookieLife.isPositive(), "cookie-life", "must be more than 0");
        check(triesPerMinute > 0, "tries-per-minute", "must be at least 1, not " + triesPerMinute);
        for (var origin : allowOrigins) {
            check(
                    origin.equals("*") || origin.matches("https?://[^/\\s]+"),
                    "allow-origins",
                    "\"%s\" is not an origin; write it like https://lab.example.org, without a path".formatted(origin));
        }
        check(
                !(allowCredentials && allowOrigins.contains("*")),
                "allow-credentials",
                "cannot be true while allow-origins has \"*\": any site could act as whoever visits it");
        try {
            Pattern.compile(allowOriginPattern);
        } catch (PatternSyntaxException e) {
            throw new BadValue("allow-origin-pattern", "is not a regular expression: " + e.getDescription());
        }
    }
}

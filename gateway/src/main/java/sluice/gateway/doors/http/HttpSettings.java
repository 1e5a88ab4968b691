package sluice.gateway.doors.http;

import java.time.Duration;
import java.util.List;

/// How the HTTP doors behave.
/// @param basePath what every path begins with: empty, or `/pool`
/// @param origins web origins that may call from a browser: `https://hub.example`, `*` for any, or a regular
///     expression after a `~`
/// @param corsCredentials whether those origins may use people's login cookies
/// @param loopbackOnly listening on loopback: then a request's `Host` must be a loopback name, so that a web site
///     cannot reach in by pointing its own name at 127.0.0.1
/// @param hosts further `Host` names to accept then
/// @param secureCookies cookies for HTTPS only; true behind a TLS proxy
/// @param signedInFor how long a browser stays signed in
/// @param maxBody bytes of a request's body at most
/// @param bodyWithin how long a request's body may take
/// @param accessLog whether each request is logged
public record HttpSettings(
        String basePath,
        List<String> origins,
        boolean corsCredentials,
        boolean loopbackOnly,
        List<String> hosts,
        boolean secureCookies,
        Duration signedInFor,
        int maxBody,
        Duration bodyWithin,
        boolean accessLog) {
    public HttpSettings {
        if (!basePath.isEmpty() && (!basePath.startsWith("/") || basePath.endsWith("/")))
            throw new IllegalArgumentException(
                    "the base path starts with a slash and does not end with one: " + basePath);
    }

    public static HttpSettings defaults() {
        return new HttpSettings(
                "",
                List.of(),
                false,
                true,
                List.of(),
                false,
                Duration.ofDays(30),
                16 << 20,
                Duration.ofSeconds(60),
                true);
    }

    public HttpSettings withOrigins(List<String> allowed, boolean credentials) {
        return new HttpSettings(
                basePath,
                allowed,
                credentials,
                loopbackOnly,
                hosts,
                secureCookies,
                signedInFor,
                maxBody,
                bodyWithin,
                accessLog);
    }

    public HttpSettings withBasePath(String path) {
        return new HttpSettings(
                path,
                origins,
                corsCredentials,
                loopbackOnly,
                hosts,
                secureCookies,
                signedInFor,
                maxBody,
                bodyWithin,
                accessLog);
    }

    public HttpSettings withMaxBody(int bytes) {
        return new HttpSettings(
                basePath,
                origins,
                corsCredentials,
                loopbackOnly,
                hosts,
                secureCookies,
                signedInFor,
                bytes,
                bodyWithin,
                accessLog);
    }
}

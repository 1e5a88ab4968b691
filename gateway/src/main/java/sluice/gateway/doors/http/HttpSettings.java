package sluice.gateway.doors.http;

import java.time.Duration;
import java.util.List;

/// How the HTTP doors behave.
/// @param basePath what every path begins with: empty, or `/pool`
/// @param loopbackOnly listening on loopback: then a request's `Host` must be a loopback name, so that a web site
///     cannot reach in by pointing its own name at 127.0.0.1
/// @param hosts further `Host` names to accept then
/// @param accessLog whether each request is logged
public record HttpSettings(
        String basePath,
        boolean loopbackOnly,
        List<String> hosts,
        boolean accessLog,
        Login login,
        Cors cors,
        Limits limits) {

    /// @param cookieLife how long a browser stays signed in
    /// @param secureCookie cookies for HTTPS only; true behind a TLS proxy
    /// @param checkXsrf whether changes by cookie must prove that a page of ours asked for them
    /// @param triesPerMinute wrong tokens from one address before it is told to wait
    public record Login(Duration cookieLife, boolean secureCookie, boolean checkXsrf, int triesPerMinute) {}

    /// @param origins web origins that may call from a browser: `https://hub.example`, or `*` for any
    /// @param pattern a regular expression for further ones, empty for none
    /// @param credentials whether those may use the visitor's login cookie; `*` never does
    public record Cors(List<String> origins, String pattern, boolean credentials) {}

    /// @param body bytes of a request's body at most
    /// @param bodyWithin how long a body may take
    /// @param headersWithin how long a new connection may take to say what it wants
    /// @param idle how long a connection is kept between requests
    /// @param connections at a time at most, in the whole program
    public record Limits(int body, Duration bodyWithin, Duration headersWithin, Duration idle, int connections) {}

    public HttpSettings {
        if (!basePath.isEmpty() && (!basePath.startsWith("/") || basePath.endsWith("/")))
            throw new IllegalArgumentException(
                    "the base path starts with a slash and does not end with one: " + basePath);
    }

    /// For a pool on this machine's loopback.
    public static HttpSettings defaults() {
        return new HttpSettings(
                "",
                true,
                List.of(),
                true,
                new Login(Duration.ofDays(30), false, true, 20),
                new Cors(List.of(), "", false),
                new Limits(16 << 20, Duration.ofMinutes(1), Duration.ofSeconds(20), Duration.ofMinutes(3), 20_000));
    }

    public HttpSettings withBasePath(String path) {
        return new HttpSettings(path, loopbackOnly, hosts, accessLog, login, cors, limits);
    }

    public HttpSettings withLogin(Login other) {
        return new HttpSettings(basePath, loopbackOnly, hosts, accessLog, other, cors, limits);
    }

    public HttpSettings withCors(Cors other) {
        return new HttpSettings(basePath, loopbackOnly, hosts, accessLog, login, other, limits);
    }

    public HttpSettings withLimits(Limits other) {
        return new HttpSettings(basePath, loopbackOnly, hosts, accessLog, login, cors, other);
    }
}

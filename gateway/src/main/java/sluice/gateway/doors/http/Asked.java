package sluice.gateway.doors.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Principal;
import sluice.gateway.people.Refused;

/// A request, ready to be worked on by code that knows nothing of the web server.
/// @param who null on routes that anyone may take
/// @param base what the path began with before the route's own part: `` or `/user/ada`, with the configured base path
/// @param path the route's parameters, decoded
/// @param cookies by name, first wins
/// @param condition on which it is to be done
/// @param secure whether it came over TLS
/// @param port of ours that it came to, which cookies are named after
public record Asked(
        @Nullable Principal who,
        String base,
        Map<String, String> path,
        Map<String, List<String>> query,
        Map<String, String> cookies,
        byte[] body,
        Condition condition,
        String ip,
        boolean secure,
        int port) {

    private static final int MOST_LINES = 1000;

    /// Who asks, on routes that need somebody.
    public Principal principal() {
        if (who == null) throw Refused.notSignedIn("Sign in first: this needs a token");
        return who;
    }

    public String path(String parameter) {
        var value = path.get(parameter);
        if (value == null) throw new IllegalStateException("the route has no parameter " + parameter);
        return value;
    }

    public Optional<String> query(String name) {
        return query.getOrDefault(name, List.of()).stream().findFirst();
    }

    /// A whole number in the query.
    public long number(String name, long otherwise) {
        var text = query(name);
        if (text.isEmpty()) return otherwise;
        try {
            return Long.parseLong(text.get());
        } catch (NumberFormatException e) {
            throw Refused.badRequest(name + " must be a whole number");
        }
    }

    /// How many lines of a long list are wanted.
    public int limit(int usually) {
        long limit = number("limit", usually);
        if (limit < 1 || limit > MOST_LINES) throw Refused.badRequest("limit must be from 1 to " + MOST_LINES);
        return (int) limit;
    }

    /// The body's JSON object, empty where there is no body.
    public Map<String, Object> json() {
        var object = Json.object(body);
        return object == null ? Map.of() : object;
    }

    /// The body's JSON object, which must be there.
    public Map<String, Object> neededJson() {
        var object = Json.object(body);
        if (object == null) throw Refused.badRequest("No JSON data provided");
        return object;
    }

    /// The body as an HTML form.
    public Map<String, List<String>> form() {
        return Query.parse(new String(body, StandardCharsets.UTF_8));
    }
}

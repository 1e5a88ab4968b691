package sluice.gateway.doors.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Principal;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Right;

/// One way in.
/// @param path with its parameters in braces; `{path*}` at the end stands for the rest, slashes and all
/// @param socket what takes over when the request asks for a WebSocket, or null
/// @param audit how the audit names what it does, or null where nothing changes
public record Route(
        HttpMethod method,
        String path,
        Right right,
        Shape shape,
        Action action,
        @Nullable Socket socket,
        @Nullable String audit) {

    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)\\*?}");

    /// What it does. Runs on a virtual thread, so it may wait.
    @FunctionalInterface
    public interface Action {
        Answer on(Asked asked) throws Exception;
    }

    /// Takes a request over to make a WebSocket of it, on an event loop. Whoever asks is signed in, and the page
    /// they ask from is one of ours; the request is paused.
    @FunctionalInterface
    public interface Socket {
        void open(RoutingContext ctx, Principal who);
    }

    static Route get(String path, Right right, Shape shape, Action action) {
        return new Route(HttpMethod.GET, path, right, shape, action, null, null);
    }

    static Route post(String path, Right right, Shape shape, Action action) {
        return new Route(HttpMethod.POST, path, right, shape, action, null, null);
    }

    static Route put(String path, Right right, Shape shape, Action action) {
        return new Route(HttpMethod.PUT, path, right, shape, action, null, null);
    }

    static Route patch(String path, Right right, Shape shape, Action action) {
        return new Route(HttpMethod.PATCH, path, right, shape, action, null, null);
    }

    static Route delete(String path, Right right, Shape shape, Action action) {
        return new Route(HttpMethod.DELETE, path, right, shape, action, null, null);
    }

    /// A route for WebSockets only.
    static Route socket(String path, Right right, Shape shape, Socket socket) {
        Action noUpgrade = asked -> {
            throw Refused.badRequest("Can \"Upgrade\" only to \"WebSocket\".");
        };
        return new Route(HttpMethod.GET, path, right, shape, noUpgrade, socket, null);
    }

    /// The names of its parameters, in order.
    List<String> parameters() {
        return PARAMETER.matcher(path).results().map(found -> found.group(1)).toList();
    }

    /// The same, written into the audit under that name.
    Route audited(String what) {
        return new Route(method, path, right, shape, action, socket, what);
    }

    /// The same, further down: below `/user/{user}`, for that user alone.
    Route below(String prefix, Right needed) {
        return new Route(method, prefix + path, needed, shape, action, socket, audit);
    }
}

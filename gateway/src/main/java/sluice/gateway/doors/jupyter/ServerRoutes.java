package sluice.gateway.doors.jupyter;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.doors.http.Contract;
import sluice.gateway.doors.http.Fields;
import sluice.gateway.doors.http.Json;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Users;
import sluice.gateway.people.Words;
import sluice.gateway.sessions.JupyterTime;
import sluice.gateway.sessions.KernelDesk;

/// What Jupyter's clients ask about the server itself and about themselves.
public final class ServerRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(ServerRoutes.class);
    private static final String BAD_PERMISSIONS = "permissions should be a JSON dict of {\"resource\": [\"action\",]}";

    private final KernelDesk desk;
    private final Users users;
    private final String version;
    private final String started;

    public ServerRoutes(KernelDesk desk, Users users, String version, Instant started) {
        this.desk = desk;
        this.users = users;
        this.version = version;
        this.started = JupyterTime.of(started);
    }

    public Answer version(Asked asked) {
        return Answer.json(Map.of("version", version, "gateway_version", version));
    }

    /// The caller's own share of the pool.
    public Answer status(Asked asked) throws InterruptedException {
        var kernels = desk.own(asked.principal());
        var status = new LinkedHashMap<String, Object>();
        status.put(
                "connections",
                kernels.stream().mapToInt(kernel -> kernel.connections()).sum());
        status.put("kernels", kernels.size());
        status.put(
                "last_activity",
                kernels.stream()
                        .map(kernel -> kernel.lastActivity())
                        .max(String::compareTo)
                        .orElse(started));
        status.put("started", started);
        return Answer.json(status);
    }

    public Answer me(Asked asked) {
        var permissions = new LinkedHashMap<String, Object>();
        asked.query("permissions").filter(text -> !text.isEmpty()).ifPresent(text -> check(text, permissions));
        permissions.put("updatable_fields", List.of("display_name"));
        var who = asked.principal();
        return Answer.json(Map.of("identity", identity(who.name(), who.displayName()), "permissions", permissions));
    }

    public Answer changeMe(Asked asked) {
        var shown = Fields.neededText(asked.neededJson(), "display_name");
        var user = users.rename(asked.principal().name(), shown);
        return Answer.json(Map.of("status", "success", "identity", identity(user.name(), user.displayName())));
    }

    public Answer contractYaml(Asked asked) {
        return Answer.bytes("text/x-yaml; charset=utf-8", Contract.yaml());
    }

    public Answer contractJson(Asked asked) {
        return Answer.bytes("application/json", Contract.json());
    }

    /// A browser tells that a page broke the rules we gave it.
    public Answer cspReport(Asked asked) {
        if (asked.body().length > 0)
            LOG.warn(
                    "a page broke its content security policy: {}",
                    Words.plain(new String(asked.body(), StandardCharsets.UTF_8), 500));
        return Answer.nothing();
    }

    private static Map<String, Object> identity(String name, String displayName) {
        var identity = new LinkedHashMap<String, Object>();
        identity.put("username", name);
        identity.put("name", displayName);
        identity.put("display_name", displayName);
        identity.put("initials", null);
        identity.put("avatar_url", null);
        identity.put("color", null);
        return identity;
    }

    /// Everybody may do everything Jupyter knows of to what is theirs.
    private static void check(String text, Map<String, Object> permissions) {
        Map<String, Object> asked;
        try {
            asked = Json.object(text.getBytes(StandardCharsets.UTF_8));
        } catch (Refused notAnObject) {
            throw Refused.badRequest(BAD_PERMISSIONS);
        }
        if (asked == null) throw Refused.badRequest(BAD_PERMISSIONS);
        asked.forEach((resource, actions) -> {
            if (!(actions instanceof List<?> list) || !list.stream().allMatch(String.class::isInstance))
                throw Refused.badRequest(BAD_PERMISSIONS);
            var may = new ArrayList<>(list);
            may.retainAll(List.of("read", "write", "execute"));
            permissions.put(resource, may);
        });
    }
}

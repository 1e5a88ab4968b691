package sluice.gateway.doors.api;

import java.time.Instant;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.doors.http.Fields;
import sluice.gateway.doors.http.Names;
import sluice.gateway.fleet.Nodes.NodeAway;
import sluice.gateway.people.Role;
import sluice.gateway.people.Tokens;
import sluice.gateway.people.User;
import sluice.gateway.people.Users;
import sluice.gateway.sessions.KernelDesk;

/// `/api/v1/users`: the accounts, for administrators.
public final class UserRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(UserRoutes.class);

    private final Users users;
    private final Tokens tokens;
    private final KernelDesk desk;

    public UserRoutes(Users users, Tokens tokens, KernelDesk desk) {
        this.users = users;
        this.tokens = tokens;
        this.desk = desk;
    }

    record UserView(String name, String displayName, String role, boolean disabled, Instant createdAt) {
        static UserView of(User user) {
            return new UserView(
                    user.name(), user.displayName(), Names.of(user.role()), user.disabled(), user.createdAt());
        }
    }

    public Answer list(Asked asked) {
        return Answer.json(users.list().stream().map(UserView::of).toList());
    }

    public Answer create(Asked asked) {
        var json = asked.neededJson();
        var user = users.create(
                Fields.neededText(json, "name"),
                Fields.text(json, "displayName"),
                Objects.requireNonNullElse(Fields.choice(json, "role", Role.class), Role.USER));
        return Answer.created(asked.base() + "/api/v1/users/" + user.name(), UserView.of(user))
                .about(user.name());
    }

    public Answer get(Asked asked) {
        return Answer.json(UserView.of(users.get(asked.path("name"))));
    }

    /// Changes a name that is shown, a role, or whether somebody may come in. Who is disabled is out at once: their
    /// sockets close and what they run is stopped.
    public Answer change(Asked asked) throws InterruptedException {
        var json = asked.neededJson();
        var before = users.get(asked.path("name"));
        var shown = Fields.text(json, "displayName");
        var role = Objects.requireNonNullElse(Fields.choice(json, "role", Role.class), before.role());
        var disabled = Objects.requireNonNullElse(Fields.flag(json, "disabled"), before.disabled());
        if (shown != null) users.rename(before.name(), shown);
        var after = users.change(before.name(), role, disabled);
        tokens.recheck(after, disabled);
        if (disabled && !before.disabled()) stopAll(before.name());
        return Answer.json(UserView.of(users.get(before.name())));
    }

    private void stopAll(String owner) throws InterruptedException {
        try {
            desk.stopAllOf(owner);
        } catch (NodeAway away) {
            LOG.warn("{} is disabled, but the node is away: what they run there goes on", owner);
        }
    }
}

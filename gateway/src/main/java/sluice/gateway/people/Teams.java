package sluice.gateway.people;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// The teams and who is in them.
public final class Teams {
    public record Team(long id, String name, String displayName, Instant createdAt) {}

    public record Member(String user, String displayName, TeamRole role, Instant since) {}

    /// The team of those who are in no team. Nobody makes it, leaves it or deletes it.
    public static final String DEFAULT = "default";

    /// How the command line calls the pool where others are called by their team's name.
    private static final String POOL = "pool";

    /// Hears that somebody left a team, or that a whole team is gone, within the transaction that makes it so.
    @FunctionalInterface
    public interface Leaving {
        /// @param user null when the team is gone
        void left(Handle db, String team, @Nullable String user);
    }

    private final Jdbi jdbi;
    private final Clock clock;
    private final List<Leaving> listeners = new CopyOnWriteArrayList<>();

    public Teams(Jdbi jdbi, Clock clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// What hangs on a team or a membership goes at the same moment.
    public void onLeaving(Leaving listener) {
        listeners.add(listener);
    }

    public Team create(String name, @Nullable String displayName) {
        User.checkName(name);
        if (name.equals(DEFAULT))
            throw Refused.conflict("%s is the team of those who are in no team; choose another name".formatted(name));
        if (name.equals(POOL)) throw Refused.conflict("%s is what the whole is called".formatted(name));
        var shown = displayName == null ? name : User.checkShown("display name", displayName);
        var made = jdbi.withHandle(db -> db.createUpdate("""
                        INSERT IGNORE INTO team (name, display_name, created_at) VALUES (:name, :shown, :now)
                        """)
                .bind("name", name)
                .bind("shown", shown)
                .bind("now", Utc.column(clock.instant()))
                .execute());
        if (made == 0) throw Refused.conflict("There is a team %s already".formatted(name));
        return get(name);
    }

    public List<Team> list() {
        return jdbi.withHandle(db -> db.createQuery("SELECT * FROM team ORDER BY name")
                .map((row, ctx) -> team(row))
                .list());
    }

    /// The teams somebody is in.
    public List<Team> of(String user) {
        return jdbi.withHandle(db -> db.createQuery("""
                        SELECT t.* FROM team t JOIN team_member m ON m.team_id = t.id
                        JOIN pool_user u ON u.id = m.user_id WHERE u.name = :user ORDER BY t.name
                        """)
                .bind("user", user)
                .map((row, ctx) -> team(row))
                .list());
    }

    /// @throws Refused when there is none
    public Team get(String name) {
        if (!User.couldBeName(name)) throw unknown(name);
        return jdbi.withHandle(db -> db.createQuery("SELECT * FROM team WHERE name = :name")
                        .bind("name", name)
                        .map((row, ctx) -> team(row))
                        .findOne())
                .orElseThrow(() -> unknown(name));
    }

    public Team rename(String name, String displayName) {
        var shown = User.checkShown("display name", displayName);
        if (!User.couldBeName(name)) throw unknown(name);
        jdbi.useHandle(db -> db.createUpdate("UPDATE team SET display_name = :shown WHERE name = :name")
                .bind("shown", shown)
                .bind("name", name)
                .execute());
        return get(name);
    }

    public void delete(String name) {
        if (!User.couldBeName(name)) throw unknown(name);
        jdbi.useTransaction(db -> {
            var gone = db.createUpdate("DELETE FROM team WHERE name = :name")
                    .bind("name", name)
                    .execute();
            if (gone == 0) throw unknown(name);
            for (var listener : listeners) listener.left(db, name, null);
        });
    }

    public Optional<TeamRole> roleOf(String user, Team team) {
        return jdbi.withHandle(db -> db.createQuery("""
                        SELECT m.role FROM team_member m JOIN pool_user u ON u.id = m.user_id
                        WHERE m.team_id = :team AND u.name = :user
                        """)
                .bind("team", team.id())
                .bind("user", user)
                .map((row, ctx) -> TeamRole.valueOf(row.getString("role")))
                .findOne());
    }

    /// The teams somebody is in and what they are there, by name.
    public Map<String, TeamRole> rolesOf(String user) {
        var roles = new TreeMap<String, TeamRole>();
        jdbi.useHandle(db -> db.createQuery("""
                        SELECT t.name, m.role FROM team t JOIN team_member m ON m.team_id = t.id
                        JOIN pool_user u ON u.id = m.user_id WHERE u.name = :user
                        """)
                .bind("user", user)
                .map((row, ctx) -> roles.put(row.getString("name"), TeamRole.valueOf(row.getString("role"))))
                .list());
        return roles;
    }

    public List<Member> members(Team team) {
        return jdbi.withHandle(db -> db.createQuery("""
                        SELECT u.name, u.display_name, m.role, m.since FROM team_member m
                        JOIN pool_user u ON u.id = m.user_id WHERE m.team_id = :team ORDER BY u.name
                        """)
                .bind("team", team.id())
                .map((row, ctx) -> new Member(
                        row.getString("name"),
                        row.getString("display_name"),
                        TeamRole.valueOf(row.getString("role")),
                        Utc.instant(row, "since")))
                .list());
    }

    /// Puts somebody into a team, or gives them another role there.
    public void put(Team team, User user, TeamRole role) {
        jdbi.useHandle(db -> db.createUpdate("""
                        INSERT INTO team_member (team_id, user_id, role, since) VALUES (:team, :user, :role, :now)
                        ON DUPLICATE KEY UPDATE role = VALUES(role)
                        """)
                .bind("team", team.id())
                .bind("user", user.id())
                .bind("role", role.name())
                .bind("now", Utc.column(clock.instant()))
                .execute());
    }

    public void remove(Team team, User user) {
        jdbi.useTransaction(db -> {
            var gone = db.createUpdate("DELETE FROM team_member WHERE team_id = :team AND user_id = :user")
                    .bind("team", team.id())
                    .bind("user", user.id())
                    .execute();
            if (gone == 0) throw Refused.notFound("%s is not in the team %s".formatted(user.name(), team.name()));
            for (var listener : listeners) listener.left(db, team.name(), user.name());
        });
    }

    private static Refused unknown(String name) {
        if (name.equals(DEFAULT))
            return Refused.notFound(
                    "%s is the team of those who are in no team: nobody is put into it, and nobody lists it"
                            .formatted(name));
        return Refused.notFound("There is no team " + Words.quoted(name));
    }

    private static Team team(java.sql.ResultSet row) throws java.sql.SQLException {
        return new Team(
                row.getLong("id"),
                row.getString("name"),
                row.getString("display_name"),
                Utc.instant(row, "created_at"));
    }
}

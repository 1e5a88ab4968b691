package sluice.gateway.people;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/// The accounts. One is never deleted, only disabled: its name stays on files, kernels and audit lines, and somebody
/// else must not inherit them.
public final class Users {
    private final Jdbi jdbi;
    private final Clock clock;

    public Users(Jdbi jdbi, Clock clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// Makes an account.
    /// @throws Refused for a bad or a taken name
    public User create(String name, @Nullable String displayName, Role role) {
        User.checkName(name);
        var shown = displayName == null ? name : User.checkShown("display name", displayName);
        var now = Utc.column(clock.instant());
        var made = jdbi.withHandle(db -> db.createUpdate("""
                        INSERT IGNORE INTO pool_user (name, display_name, role, created_at, changed_at)
                        VALUES (:name, :shown, :role, :now, :now)
                        """)
                .bind("name", name)
                .bind("shown", shown)
                .bind("role", role.name())
                .bind("now", now)
                .execute());
        if (made == 0) throw Refused.conflict("There is a user %s already".formatted(name));
        return get(name);
    }

    public Optional<User> find(String name) {
        return User.couldBeName(name) ? jdbi.withHandle(db -> find(db, name)) : Optional.empty();
    }

    /// @throws Refused when there is none
    public User get(String name) {
        return find(name).orElseThrow(() -> Refused.notFound("There is no user " + Words.quoted(name)));
    }

    public List<User> list() {
        return jdbi.withHandle(db -> db.createQuery("SELECT * FROM pool_user ORDER BY name")
                .map((row, ctx) -> user(row))
                .list());
    }

    public User rename(String name, String displayName) {
        var shown = User.checkShown("display name", displayName);
        return jdbi.inTransaction(db -> {
            db.createUpdate("UPDATE pool_user SET display_name = :shown, changed_at = :now WHERE name = :name")
                    .bind("shown", shown)
                    .bind("now", Utc.column(clock.instant()))
                    .bind("name", name)
                    .execute();
            return find(db, name).orElseThrow(() -> Refused.notFound("There is no user " + Words.quoted(name)));
        });
    }

    /// Changes what somebody may do. The last administrator who can sign in stays one.
    public User change(String name, Role role, boolean disabled) {
        return jdbi.inTransaction(db -> {
            var admins = db.createQuery("SELECT name FROM pool_user WHERE role = 'ADMIN' AND NOT disabled FOR UPDATE")
                    .mapTo(String.class)
                    .list();
            if (admins.equals(List.of(name)) && (role != Role.ADMIN || disabled))
                throw Refused.conflict("%s is the last administrator: make somebody else one first".formatted(name));
            db.createUpdate("""
                            UPDATE pool_user SET role = :role, disabled = :disabled, changed_at = :now
                            WHERE name = :name
                            """)
                    .bind("role", role.name())
                    .bind("disabled", disabled)
                    .bind("now", Utc.column(clock.instant()))
                    .bind("name", name)
                    .execute();
            return find(db, name).orElseThrow(() -> Refused.notFound("There is no user " + Words.quoted(name)));
        });
    }

    private static Optional<User> find(Handle db, String name) {
        return db.createQuery("SELECT * FROM pool_user WHERE name = :name")
                .bind("name", name)
                .map((row, ctx) -> user(row))
                .findOne();
    }

    private static User user(ResultSet row) throws SQLException {
        return new User(
                row.getLong("id"),
                row.getString("name"),
                row.getString("display_name"),
                Role.valueOf(row.getString("role")),
                row.getBoolean("disabled"),
                Utc.instant(row, "created_at"));
    }
}

package sluice.gateway.sessions;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/// The rows behind [NotebookSessions].
final class NotebookTable {
    record Row(String id, String owner, String path, String name, String type, String kernelId) {}

    private final Jdbi jdbi;

    NotebookTable(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    void insert(Row row) {
        jdbi.useHandle(db -> db.createUpdate("""
                        INSERT INTO notebook_session (id, owner, path, path_hash, name, type, kernel_id, created_at)
                        VALUES (:id, :owner, :path, :hash, :name, :type, :kernel, UTC_TIMESTAMP(6))
                        """)
                .bind("id", row.id())
                .bind("owner", row.owner())
                .bind("path", row.path())
                .bind("hash", hash(row.path()))
                .bind("name", row.name())
                .bind("type", row.type())
                .bind("kernel", row.kernelId())
                .execute());
    }

    /// @return false when the row is gone by now
    boolean update(Row row) {
        return jdbi.withHandle(db -> db.createUpdate("""
                                UPDATE notebook_session
                                SET path = :path, path_hash = :hash, name = :name, type = :type, kernel_id = :kernel
                                WHERE id = :id
                                """)
                        .bind("id", row.id())
                        .bind("path", row.path())
                        .bind("hash", hash(row.path()))
                        .bind("name", row.name())
                        .bind("type", row.type())
                        .bind("kernel", row.kernelId())
                        .execute())
                > 0;
    }

    Optional<Row> find(String id) {
        return jdbi.withHandle(db -> db.createQuery("SELECT * FROM notebook_session WHERE id = :id")
                .bind("id", id)
                .map((row, ctx) -> row(row))
                .findOne());
    }

    List<Row> at(String owner, String path) {
        return jdbi.withHandle(db -> db.createQuery("""
                        SELECT * FROM notebook_session WHERE owner = :owner AND path_hash = :hash ORDER BY created_at
                        """)
                .bind("owner", owner)
                .bind("hash", hash(path))
                .map((row, ctx) -> row(row))
                .list());
    }

    List<Row> all() {
        return jdbi.withHandle(db -> db.createQuery("SELECT * FROM notebook_session ORDER BY created_at")
                .map((row, ctx) -> row(row))
                .list());
    }

    List<Row> of(String owner) {
        return jdbi.withHandle(
                db -> db.createQuery("SELECT * FROM notebook_session WHERE owner = :owner ORDER BY created_at")
                        .bind("owner", owner)
                        .map((row, ctx) -> row(row))
                        .list());
    }

    int onKernel(String kernelId) {
        return jdbi.withHandle(db -> db.createQuery("SELECT COUNT(*) FROM notebook_session WHERE kernel_id = :kernel")
                .bind("kernel", kernelId)
                .mapTo(Integer.class)
                .one());
    }

    void delete(String id) {
        jdbi.useHandle(db -> db.createUpdate("DELETE FROM notebook_session WHERE id = :id")
                .bind("id", id)
                .execute());
    }

    void deleteOnKernel(String kernelId) {
        jdbi.useHandle(db -> db.createUpdate("DELETE FROM notebook_session WHERE kernel_id = :kernel")
                .bind("kernel", kernelId)
                .execute());
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                row.getString("id"),
                row.getString("owner"),
                row.getString("path"),
                row.getString("name"),
                row.getString("type"),
                row.getString("kernel_id"));
    }

    private static byte[] hash(String path) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

package sluice.migrations;

import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings the schema to what this program expects, and back. Liquibase does the work; because it takes a second or two
/// merely to load, a fingerprint of the change log in a table of our own says when there is none to do.
final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final String LOCK = "sluice.migrations";
    private static final int LOCK_SECONDS = 120;

    private final Connection connection;
    private final ChangeLog changeLog;

    /// @param connection one of its own: it is locked with, and its transaction mode may change
    Migrations(Connection connection, ChangeLog changeLog) {
        this.connection = connection;
        this.changeLog = changeLog;
    }

    void update() {
        var wanted = changeLog.fingerprint();
        try {
            if (wanted.equals(recorded())) return;
            lock();
            try {
                if (wanted.equals(recorded())) return;
                LOG.info("bringing the database schema up to date");
                Changes.update(connection, changeLog);
                record(wanted);
            } finally {
                unlock();
            }
        } catch (SQLException e) {
            throw failed("brought up to date", e);
        }
    }

    /// Takes the last `count` changes back.
    void rollBack(int count) {
        try {
            lock();
            try {
                record("");
                Changes.rollBack(connection, changeLog, count);
            } finally {
                unlock();
            }
        } catch (SQLException e) {
            throw failed("rolled back", e);
        }
    }

    static MigrationFailed failed(String what, Exception e) {
        return new MigrationFailed("the database schema could not be %s: %s".formatted(what, e.getMessage()), e);
    }

    private String recorded() throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT fingerprint FROM schema_fingerprint")) {
            return rows.next() ? rows.getString(1) : "";
        } catch (SQLException e) {
            if ("42S02".equals(e.getSQLState())) return ""; // no such table: a new database
            throw e;
        }
    }

    private void record(String fingerprint) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS schema_fingerprint"
                    + " (one TINYINT NOT NULL PRIMARY KEY, fingerprint VARCHAR(64) NOT NULL)");
        }
        try (var statement =
                connection.prepareStatement("REPLACE INTO schema_fingerprint (one, fingerprint) VALUES (1, ?)")) {
            statement.setString(1, fingerprint);
            statement.execute();
        }
    }

    // A server-side lock ends with its connection; Liquibase's own is a row that a killed program leaves behind.
    private void lock() throws SQLException {
        try (var statement = connection.prepareStatement("SELECT GET_LOCK(CONCAT(?, DATABASE()), ?)")) {
            statement.setString(1, LOCK);
            statement.setInt(2, LOCK_SECONDS);
            try (var rows = statement.executeQuery()) {
                if (rows.next() && rows.getInt(1) == 1) return;
            }
        }
        throw new SQLException("another program has been migrating it for " + LOCK_SECONDS + " s");
    }

    private void unlock() throws SQLException {
        if (connection.isClosed()) return;
        try (var statement = connection.prepareStatement("DO RELEASE_LOCK(CONCAT(?, DATABASE()))")) {
            statement.setString(1, LOCK);
            statement.execute();
        }
    }
}

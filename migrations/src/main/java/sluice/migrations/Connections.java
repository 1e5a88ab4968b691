package sluice.migrations;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.mariadb.jdbc.Driver;

/// Single connections, outside the pool.
final class Connections {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private Connections() {}

    /// A connection as soon as there is one.
    /// @throws DatabaseAway once the configuration's patience is over, or at once when waiting cannot help
    static Connection await(DatabaseConfig config) throws InterruptedException {
        var deadline = System.nanoTime() + config.patience().toNanos();
        while (true) {
            try {
                return open(config);
            } catch (SQLException e) {
                if (!DatabaseAway.isBehind(e)) throw new DatabaseAway(refusal(config, e), e);
                if (System.nanoTime() > deadline) throw new DatabaseAway(silence(config, e), e);
            }
            Thread.sleep(PAUSE);
        }
    }

    static Connection open(DatabaseConfig config) throws SQLException {
        var connection = new Driver().connect(config.url(), properties(config));
        if (connection == null) throw new SQLException("the MariaDB driver does not know " + config.place());
        return connection;
    }

    static Properties properties(DatabaseConfig config) {
        var properties = new Properties();
        if (!config.user().isEmpty()) properties.setProperty("user", config.user());
        if (!config.password().isEmpty()) properties.setProperty("password", config.password());
        properties.setProperty("connectTimeout", "2000");
        // Instants go in and come out as UTC, whatever zone this machine or the server lives in.
        properties.setProperty("connectionTimeZone", "UTC");
        properties.setProperty("forceConnectionTimeZoneToSession", "true");
        properties.setProperty("preserveInstants", "true");
        return properties;
    }

    private static String refusal(DatabaseConfig config, SQLException e) {
        return "the database at %s refuses: %s. Check user, password and schema in the URL (the schema must exist)."
                .formatted(config.place(), e.getMessage());
    }

    private static String silence(DatabaseConfig config, SQLException e) {
        return "no database answers at %s after %d s: %s"
                .formatted(config.place(), config.patience().toSeconds(), e.getMessage());
    }
}

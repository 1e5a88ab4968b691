package sluice.migrations;

import java.nio.file.Path;
import java.time.Duration;

/// Where the database is and how patiently to wait for it.
/// @param url `jdbc:mariadb://host:port/schema`, which may carry `?user=…&password=…`
/// @param user empty where the URL names it
/// @param password empty where the URL carries it
/// @param connections most that are open at a time
/// @param patience how long [Database#open] waits for a database that does not answer yet
public record DatabaseConfig(String url, String user, String password, int connections, Duration patience) {
    public DatabaseConfig {
        if (!url.startsWith("jdbc:mariadb://")) {
            throw new IllegalArgumentException(
                    "the database URL must look like jdbc:mariadb://host:3306/schema, not \"%s\"".formatted(bare(url)));
        }
        if (connections < 1) throw new IllegalArgumentException("connections must be at least 1: " + connections);
    }

    /// A database of one's own server.
    public static DatabaseConfig at(String url) {
        return new DatabaseConfig(url, "", "", 10, Duration.ofSeconds(20));
    }

    /// A database behind a unix socket on this machine.
    public static DatabaseConfig onSocket(Path socket, String schema, String user, String password) {
        var url = "jdbc:mariadb://localhost/%s?socketFactory=%s&%s=%s"
                .formatted(schema, UnixSocketFactory.class.getName(), UnixSocketFactory.PATH, socket);
        return new DatabaseConfig(url, user, password, 10, Duration.ofSeconds(20));
    }

    /// The same server, another schema.
    public DatabaseConfig withSchema(String schema) {
        var query = url.indexOf('?') < 0 ? "" : url.substring(url.indexOf('?'));
        var path = bare(url);
        var slash = path.indexOf('/', "jdbc:mariadb://".length());
        return new DatabaseConfig(
                (slash < 0 ? path : path.substring(0, slash)) + "/" + schema + query,
                user,
                password,
                connections,
                patience);
    }

    public DatabaseConfig withConnections(int most) {
        return new DatabaseConfig(url, user, password, most, patience);
    }

    public DatabaseConfig withPatience(Duration wait) {
        return new DatabaseConfig(url, user, password, connections, wait);
    }

    /// The URL without what may be secret in it, for messages.
    public String place() {
        return bare(url).substring("jdbc:".length());
    }

    @Override
    public String toString() {
        return "DatabaseConfig[" + place() + "]";
    }

    private static String bare(String url) {
        var query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }
}

package sluice.gateway.config;

import static sluice.gateway.config.BadValue.check;

import java.time.Duration;
import sluice.migrations.DatabaseConfig;
import sluice.migrations.embedded.EmbeddedMariaDb;

/// Where people, tokens and sessions are kept.
/// @param url empty for the embedded MariaDB
public record DatabaseSettings(String url, String user, String password, int connections, Duration patience) {
    static final DatabaseSettings DEFAULT = new DatabaseSettings("", "", "", 10, Duration.ofSeconds(30));

    public DatabaseSettings {
        check(
                url.isEmpty() || url.startsWith("jdbc:mariadb://"),
                "url",
                "must look like jdbc:mariadb://host:3306/schema, or be left out for the embedded database");
        check(connections >= 1 && connections <= 1000, "connections", "must be 1 to 1000, not " + connections);
    }

    public boolean embedded() {
        return url.isEmpty();
    }

    /// How to reach it, the embedded one too once it was created.
    public DatabaseConfig reach(Places places) {
        var config = embedded()
                ? EmbeddedMariaDb.reach(places.database(), places.databaseSocket())
                : new DatabaseConfig(url, user, password, connections, patience);
        return config.withConnections(connections).withPatience(patience);
    }

    public DatabaseSettings at(String otherUrl) {
        return new DatabaseSettings(otherUrl, user, password, connections, patience);
    }

    @Override
    public String toString() {
        return "DatabaseSettings[" + (embedded() ? "embedded" : url.replaceFirst("\\?.*", "")) + "]";
    }
}

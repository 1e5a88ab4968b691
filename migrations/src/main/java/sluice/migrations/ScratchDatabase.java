package sluice.migrations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import sluice.migrations.embedded.EmbeddedMariaDb;
import sluice.migrations.embedded.MariaDbProgram;

/// An empty schema on a real server, for a test: made when opened, gone when closed. The server is one embedded MariaDB
/// for the whole Java process, or the one that the system property or the environment names:
/// `-Dsluice.test.database=jdbc:mariadb://host/?user=…&password=…`, `SLUICE_TEST_DATABASE=…`.
public final class ScratchDatabase implements AutoCloseable {
    private static @Nullable DatabaseConfig server;

    private final DatabaseConfig config;
    private @Nullable Database database;

    private ScratchDatabase(DatabaseConfig config) {
        this.config = config;
    }

    public static ScratchDatabase create() {
        var schema = "sluice_test_"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        var config = server().withSchema(schema);
        execute(server(), "CREATE DATABASE " + schema + " CHARACTER SET utf8mb4");
        return new ScratchDatabase(config);
    }

    /// Where the schema is, for a program under test.
    public DatabaseConfig config() {
        return config;
    }

    /// The migrated schema, opened at the first call.
    public synchronized Database database() {
        if (database == null) {
            try {
                database = Database.open(config);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while opening a scratch database", e);
            }
        }
        return database;
    }

    @Override
    public synchronized void close() {
        if (database != null) database.close();
        var schema = config.place().substring(config.place().lastIndexOf('/') + 1);
        execute(server(), "DROP DATABASE IF EXISTS " + schema);
    }

    private static void execute(DatabaseConfig at, String sql) {
        try (var connection = Connections.open(at);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    private static synchronized DatabaseConfig server() {
        if (server == null) {
            var given = System.getProperty(
                    "sluice.test.database", System.getenv().getOrDefault("SLUICE_TEST_DATABASE", ""));
            server = given.isEmpty() ? startOne() : DatabaseConfig.at(given);
        }
        return server;
    }

    private static DatabaseConfig startOne() {
        try {
            var home = Files.createTempDirectory("sluice-scratch-");
            var running = EmbeddedMariaDb.start(
                    MariaDbProgram.find(), home.resolve("db"), home.resolve("s"), home.resolve("log"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                running.kill();
                delete(home);
            }));
            return running.config();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting the scratch server", e);
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        } catch (IOException | UncheckedIOException e) {
            System.err.println("could not delete " + folder + ": " + e.getMessage());
        }
    }
}

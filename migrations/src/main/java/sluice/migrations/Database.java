package sluice.migrations;

import java.lang.reflect.Type;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The way to the database: the schema brought up to date, a pool of connections, and JDBI on top of it.
/// While the database is away each use fails with [DatabaseAway] within seconds; once it is back, uses succeed again.
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final Pool pool;
    private final Jdbi jdbi;

    private Database(Pool pool) {
        this.pool = pool;
        jdbi = Jdbi.create(pool::connection).installPlugin(new SqlObjectPlugin());
        jdbi.registerRowMapper(Database::recordsByColumnNames);
    }

    /// Waits for the database, migrates it, and opens the pool.
    /// @throws DatabaseAway when it does not answer within the configuration's patience
    /// @throws MigrationFailed when the schema cannot be brought up to date
    public static Database open(DatabaseConfig config) throws InterruptedException {
        var started = System.nanoTime();
        try (var connection = Connections.await(config)) {
            new Migrations(connection, ChangeLog.SLUICE).update();
        } catch (java.sql.SQLException closing) {
            LOG.debug("closing the connection that migrated", closing);
        }
        var database = new Database(new Pool(config));
        LOG.info("database {} open after {} ms", config.place(), (System.nanoTime() - started) / 1_000_000);
        return database;
    }

    public Jdbi jdbi() {
        return jdbi;
    }

    /// Whether it answers now; waits a few seconds at most.
    public boolean answers() {
        try {
            return jdbi.withHandle(
                    handle -> handle.select("SELECT 1").mapTo(Integer.class).one() == 1);
        } catch (RuntimeException away) {
            return false;
        }
    }

    @Override
    public void close() {
        pool.close();
    }

    // A row becomes a public record with no annotation: snake_case columns, camelCase components.
    private static Optional<RowMapper<?>> recordsByColumnNames(Type type, ConfigRegistry ignored) {
        return type instanceof Class<?> row && row.isRecord()
                ? Optional.of(ConstructorMapper.of(row))
                : Optional.empty();
    }
}

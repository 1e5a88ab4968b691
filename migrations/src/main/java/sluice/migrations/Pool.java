package sluice.migrations;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Connections to share. When the database goes away the first who asks waits [#WAIT], everybody after that is told at
/// once, and one thread looks for its return. HikariCP alone would keep each caller waiting and sleep up to five
/// seconds between its own attempts.
final class Pool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);
    private static final Duration WAIT = Duration.ofMillis(2500);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    static {
        // A connection is tried before it is lent, however lately it was used: the server may have gone in between.
        System.setProperty("com.zaxxer.hikari.aliveBypassWindowMs", "0");
    }

    private final DatabaseConfig config;
    private final AtomicBoolean looking = new AtomicBoolean();
    private volatile HikariDataSource source;
    private volatile boolean away;
    private volatile boolean closed;

    Pool(DatabaseConfig config) {
        this.config = config;
        source = fill(config);
    }

    Connection connection() {
        if (away) throw gone(null);
        try {
            return source.getConnection();
        } catch (SQLException e) {
            if (closed) throw new IllegalStateException("the database was closed by this program", e);
            if (answers()) throw busy(e);
            lookForIt();
            throw gone(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        source.close();
    }

    private static HikariDataSource fill(DatabaseConfig config) {
        var hikari = new HikariConfig();
        hikari.setPoolName("database");
        hikari.setJdbcUrl(config.url());
        hikari.setDriverClassName(org.mariadb.jdbc.Driver.class.getName());
        hikari.setDataSourceProperties(Connections.properties(config));
        // A server that hangs, rather than dies, must not hold its callers for ever.
        hikari.addDataSourceProperty("socketTimeout", "15000");
        hikari.setMaximumPoolSize(config.connections());
        hikari.setMinimumIdle(Math.min(2, config.connections()));
        hikari.setConnectionTimeout(WAIT.toMillis());
        hikari.setValidationTimeout(1000);
        hikari.setInitializationFailTimeout(-1);
        return new HikariDataSource(hikari);
    }

    private void lookForIt() {
        if (!looking.compareAndSet(false, true)) return;
        away = true;
        LOG.warn("the database at {} went away; looking for it", config.place());
        Thread.ofVirtual().name("database-return").start(this::untilItIsBack);
    }

    private void untilItIsBack() {
        try {
            while (!closed && !answers()) Thread.sleep(LOOK_EVERY);
            if (closed) return;
            var old = source;
            source = fill(config);
            old.close();
            LOG.info("the database at {} is back", config.place());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            away = false;
            looking.set(false);
        }
    }

    private boolean answers() {
        try (var connection = Connections.open(config)) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private DatabaseAway busy(SQLException e) {
        return new DatabaseAway("all %d database connections are in use; try again".formatted(config.connections()), e);
    }

    private DatabaseAway gone(java.sql.@org.jspecify.annotations.Nullable SQLException e) {
        return new DatabaseAway("the database at %s is away; try again shortly".formatted(config.place()), e);
    }
}

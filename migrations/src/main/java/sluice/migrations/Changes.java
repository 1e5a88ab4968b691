package sluice.migrations;

import java.sql.Connection;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;

/// Liquibase, and the only class that touches it, so that it is loaded only when there is work for it.
final class Changes {
    // Off, because what goes wrong is thrown. Held, because java.util.logging forgets a logger nobody refers to.
    private static final Logger QUIET = Logger.getLogger("liquibase");

    static {
        QUIET.setLevel(Level.OFF);
        // A database server of one's own is nobody else's business.
        System.setProperty("liquibase.analytics.enabled", "false");
    }

    private Changes() {}

    static void update(Connection connection, ChangeLog log) {
        run("brought up to date", connection, log, liquibase -> liquibase.update(new Contexts()));
    }

    static void rollBack(Connection connection, ChangeLog log, int count) {
        run("rolled back", connection, log, liquibase -> liquibase.rollback(count, ""));
    }

    // Its connection is not closed here: closing Liquibase would close the caller's.
    @SuppressWarnings("MustBeClosedChecker")
    private static void run(String what, Connection connection, ChangeLog log, Work work) {
        try {
            Scope.child(Map.of(Scope.Attr.ui.name(), new LoggerUIService()), () -> {
                var database =
                        DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
                var liquibase = new Liquibase(
                        log.main(), new ClassLoaderResourceAccessor(Changes.class.getClassLoader()), database);
                // Ours is the lock that counts; this one may be left over from a program that was killed.
                liquibase.forceReleaseLocks();
                liquibase.setShowSummary(UpdateSummaryEnum.OFF);
                work.on(liquibase);
                connection.setAutoCommit(true);
            });
        } catch (Exception e) {
            throw Migrations.failed(what, e);
        }
    }

    private interface Work {
        void on(Liquibase liquibase) throws LiquibaseException;
    }
}

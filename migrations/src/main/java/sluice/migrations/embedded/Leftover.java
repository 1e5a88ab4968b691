package sluice.migrations.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server that a killed program left running on our data. Known by its command line, since process ids are reused.
final class Leftover {
    private static final Logger LOG = LoggerFactory.getLogger(Leftover.class);
    private static final int STOP_SECONDS = 20;

    private Leftover() {}

    static void stop(Path data) throws InterruptedException {
        for (var process : ProcessHandle.allProcesses().toList()) {
            if (!serves(process.pid(), data)) continue;
            LOG.info("stopping the database that an earlier run left (pid {})", process.pid());
            process.destroy();
            if (!ended(process)) process.destroyForcibly();
            if (!ended(process))
                throw new DatabaseFailed(
                        "the database left by an earlier run (pid %d) cannot be stopped".formatted(process.pid()));
        }
    }

    /// Whether that process is a server on that data folder.
    static boolean serves(long pid, Path data) {
        try {
            var arguments = Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1)
                    .split("\0");
            var wanted =
                    new String(("--datadir=" + data).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            return (arguments[0].endsWith("mariadbd") || arguments[0].endsWith("mysqld"))
                    && Arrays.asList(arguments).contains(wanted);
        } catch (IOException gone) {
            return false;
        }
    }

    private static boolean ended(ProcessHandle process) throws InterruptedException {
        try {
            process.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (java.util.concurrent.ExecutionException e) {
            return !process.isAlive();
        }
    }
}

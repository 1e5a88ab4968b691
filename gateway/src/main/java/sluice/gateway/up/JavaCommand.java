package sluice.gateway.up;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import sluice.gateway.config.Size;
import sluice.migrations.embedded.MariaDbProgram;

/// How one of our programs is started: this Java, this class path.
final class JavaCommand {
    /// System property: the folder of the ahead-of-time caches, `<program>.aot`.
    static final String CACHES = "sluice.aot";
    /// System property: where to write such caches, which makes a slow run of a fast one.
    static final String REHEARSAL = "sluice.aot.make";

    private JavaCommand() {}

    /// @param young mebibytes of the heap for what lives shortly; 0 leaves that to Java
    static List<String> of(String program, Size heap, int young, String mainClass, String... arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap.mebibytes() + "m",
                // Java's own beginning is a part of the machine's memory, and a fresh pool would fill that first.
                "-Xms%dm".formatted(Math.min(64 + young, heap.mebibytes())),
                "-XX:+UseSerialGC",
                "-XX:-ShrinkHeapInSteps",
                "-XX:+ExitOnOutOfMemoryError",
                // Compiling waits for those who work: nice 10. Without root's rights Java would only warn about it.
                "-XX:ThreadPriorityPolicy=1",
                "-XX:CompilerThreadPriority=10",
                "-XX:-PrintWarnings",
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
        if (young > 0) command.add("-Xmn%dm".formatted(Math.min(young, heap.mebibytes() / 2)));
        command.addAll(cache(program));
        for (var property : List.of(MariaDbProgram.JAR, "sluice.home", "sluice.version")) {
            var value = System.getProperty(property);
            if (value != null) command.add("-D%s=%s".formatted(property, value));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    /// Whether this is a run for the caches' sake.
    static boolean rehearsing() {
        return !System.getProperty(REHEARSAL, "").isEmpty();
    }

    /// How long a program may take to stop; a rehearsal's writes its cache then.
    static Duration patience(Duration usual) {
        return rehearsing() ? usual.plusMinutes(3) : usual;
    }

    private static List<String> cache(String program) {
        if (rehearsing())
            return List.of("-XX:AOTCacheOutput=" + Path.of(System.getProperty(REHEARSAL), program + ".aot"));
        var use = Path.of(System.getProperty(CACHES, ""), program + ".aot");
        return Files.exists(use) ? List.of("-XX:AOTCache=" + use) : List.of();
    }
}

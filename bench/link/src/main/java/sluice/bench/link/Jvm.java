package sluice.bench.link;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Starts another Java with this one's class path; the same options for everybody.
final class Jvm {
    static final List<String> OPTIONS = List.of(
            "-Xmx512m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error");

    private Jvm() {}

    static ProcessBuilder of(Class<?> program, String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }
}

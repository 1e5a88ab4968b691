package sluice.gateway.up;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A Python that an environment can be made with.
/// @param version such as `3.11.2`
public record Interpreter(Path program, String version) {
    private static final int OLDEST_MINOR = 11;
    private static final String ASK = "import sys, venv, ensurepip; print('.'.join(map(str, sys.version_info[:3])))";

    /// The one that was asked for, or the first that serves: this machine's own before one in somebody's home, because
    /// kernels of other users must be able to run it.
    /// @param wanted empty to look for one
    /// @throws StartFailed saying what was found and what to install
    public static Interpreter find(String wanted) throws InterruptedException {
        var wrong = new ArrayList<String>();
        for (var candidate : wanted.isEmpty() ? candidates() : List.of(Path.of(wanted))) {
            if (!Files.isExecutable(candidate)) {
                if (!wanted.isEmpty()) wrong.add(candidate + " does not exist or cannot be run");
                continue;
            }
            var answer = ask(candidate);
            if (answer.matches("3\\.\\d+\\.\\d+") && minor(answer) >= OLDEST_MINOR)
                return new Interpreter(candidate, answer);
            wrong.add(candidate + ": " + complaint(answer));
        }
        throw new StartFailed(
                "no Python 3.%d or newer with venv (%s). Install one (apt install python3 python3-venv), or name one with lab.python in the configuration"
                        .formatted(OLDEST_MINOR, wrong.isEmpty() ? "none found" : String.join("; ", wrong)));
    }

    private static List<Path> candidates() {
        var folders = new LinkedHashSet<>(List.of("/usr/bin", "/usr/local/bin"));
        folders.addAll(Arrays.asList(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)));
        var candidates = new ArrayList<Path>();
        for (var folder : folders) {
            if (folder.isEmpty()) continue;
            candidates.add(Path.of(folder, "python3"));
            for (int minor = 14; minor >= OLDEST_MINOR; minor--) candidates.add(Path.of(folder, "python3." + minor));
        }
        return candidates;
    }

    private static String ask(Path candidate) throws InterruptedException {
        try {
            var process = new ProcessBuilder(candidate.toString(), "-I", "-c", ASK)
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .start();
            try {
                var answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                return process.waitFor(10, TimeUnit.SECONDS) ? answer : "it does not end";
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static int minor(String version) {
        return Integer.parseInt(version.split("\\.")[1]);
    }

    private static String complaint(String answer) {
        if (answer.contains("ensurepip") || answer.contains("No module named 'venv'"))
            return "has no venv (apt install python3-venv)";
        if (answer.matches("3\\.\\d+\\.\\d+")) return "is " + answer;
        return answer.lines().reduce((first, last) -> last).orElse("says nothing");
    }
}

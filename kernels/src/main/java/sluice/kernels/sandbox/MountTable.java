package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What is mounted where, see proc_pid_mountinfo(5).
final class MountTable {
    private static final Path OURS = Path.of("/proc/self/mountinfo");

    private MountTable() {}

    /// The device that is mounted there, if one is.
    static Optional<String> source(Path place) throws IOException {
        return source(Files.readAllLines(OURS), place);
    }

    static Optional<String> source(List<String> lines, Path place) {
        var wanted = place.toAbsolutePath().toString();
        return lines.stream()
                .filter(line -> plain(line.split(" ")[4]).equals(wanted))
                .map(line -> plain(line.substring(line.indexOf(" - ") + 3).split(" ")[1]))
                .reduce((_, last) -> last);
    }

    /// Blanks, tabs, line ends and backslashes are written as three octal digits.
    private static String plain(String word) {
        return word.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}

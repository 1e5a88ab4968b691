package sluice.kernels.sandbox;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// What `/proc` tells of processes. They may vanish at any moment, so a missing file is an answer, not an error.
final class Proc {
    private static final Path PROC = Path.of("/proc");

    /// Otherwise all processes are asked for their parent.
    private static final boolean LISTS_CHILDREN = Files.exists(PROC.resolve("thread-self/children"));

    private Proc() {}

    /// See proc_pid_stat(5).
    record Stat(char state, long parent, long group, long session, long start) {
        boolean alive() {
            return state != 'Z' && state != 'X';
        }
    }

    static Optional<Stat> stat(long pid) {
        return read(pid, "stat").map(line -> {
            // The name in parentheses may itself hold spaces and parentheses.
            var fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
            return new Stat(
                    fields[0].charAt(0),
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[2]),
                    Long.parseLong(fields[3]),
                    Long.parseLong(fields[19]));
        });
    }

    /// Of a process with one thread.
    static List<Long> children(long pid) {
        if (LISTS_CHILDREN) {
            var list = read(pid, "task/%d/children".formatted(pid)).orElse("");
            return Stream.of(list.split(" "))
                    .filter(word -> !word.isEmpty())
                    .map(Long::valueOf)
                    .toList();
        }
        return all(other -> stat(other).filter(stat -> stat.parent() == pid).isPresent());
    }

    static List<Long> session(long leader) {
        return all(other -> stat(other)
                .filter(stat -> stat.session() == leader && stat.alive())
                .isPresent());
    }

    /// Living processes that were started with this setting in their environment, as far as we may look.
    static List<Long> withEnvironment(String setting) {
        return all(
                pid -> environment(pid).contains("\0" + setting) && Pid.of(pid).isPresent());
    }

    /// The values of a variable in the environments of all processes we may look at.
    static List<String> environmentValues(String name) {
        var values = new ArrayList<String>();
        for (var pid : all(_ -> true)) {
            var environment = environment(pid);
            var at = environment.indexOf("\0" + name + "=");
            if (at < 0 || Pid.of(pid).isEmpty()) continue;
            var from = at + name.length() + 2;
            values.add(environment.substring(from, environment.indexOf('\0', from)));
        }
        return values.stream().distinct().toList();
    }

    /// Starts with a NUL and ends with one, so that every setting stands between two.
    private static String environment(long pid) {
        return "\0" + read(pid, "environ").orElse("") + "\0";
    }

    private static Optional<String> read(long pid, String file) {
        try {
            return Optional.of(Files.readString(PROC.resolve(pid + "/" + file), ISO_8859_1))
                    .filter(text -> !text.isEmpty());
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static List<Long> all(Predicate<Long> wanted) {
        var pids = new ArrayList<Long>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[1-9]*")) {
            for (var entry : entries) {
                var pid = Long.valueOf(entry.getFileName().toString());
                if (wanted.test(pid)) pids.add(pid);
            }
        } catch (IOException e) {
            throw new IllegalStateException("Cannot list /proc: is it mounted?", e);
        }
        return pids;
    }
}

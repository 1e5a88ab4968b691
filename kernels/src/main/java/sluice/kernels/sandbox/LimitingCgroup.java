package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A group in one hierarchy, v1 or v2.
abstract class LimitingCgroup implements Cgroup {
    final Path folder;

    LimitingCgroup(Path folder) {
        this.folder = folder;
    }

    /// Sets that controller's limit, if there is one to set.
    abstract void limit(String controller, Limits limits) throws IOException;

    @Override
    public List<Path> doors() {
        return List.of(folder.resolve("cgroup.procs"));
    }

    @Override
    public void kill() {
        for (var pid : lines("cgroup.procs").map(Long::valueOf).toList()) Posix.signal(pid, Posix.SIGKILL);
    }

    @Override
    public boolean remove() {
        try {
            Files.deleteIfExists(folder);
            return true;
        } catch (IOException stillUsed) {
            return false;
        }
    }

    void set(String file, String value) throws IOException {
        Files.writeString(folder.resolve(file), value);
    }

    /// The number after `name ` in a file of such lines.
    long count(String file, String name) {
        return lines(file)
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .sum();
    }

    private Stream<String> lines(String file) {
        try {
            return Files.readAllLines(folder.resolve(file)).stream();
        } catch (IOException gone) {
            return Stream.empty();
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}

package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import sluice.metrics.host.CgroupUsage;

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
    public long outOfMemoryKills() {
        return CgroupUsage.outOfMemoryKills(List.of(folder)).orElse(0);
    }

    @Override
    public void kill() {
        for (var pid : processes().map(Long::valueOf).toList()) Posix.signal(pid, Posix.SIGKILL);
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

    private Stream<String> processes() {
        try {
            return Files.readAllLines(folder.resolve("cgroup.procs")).stream();
        } catch (IOException gone) {
            return Stream.empty();
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}

package sluice.metrics.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// Reads a session's control groups, version 1 or 2 or some of both, as the node has them.
/// https://docs.kernel.org/admin-guide/cgroup-v2.html and https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
public final class CgroupUsage {
    /// Version 1 writes "no limit" as the largest number of pages.
    private static final long NO_LIMIT = 1L << 60;

    private static final int DEPTH = 4;

    private CgroupUsage() {}

    /// @param groups the session's folder in each hierarchy; which is which is seen from the files in it
    public static SessionUsage of(List<Path> groups) {
        return new SessionUsage(
                cpuSeconds(groups),
                first(groups, CgroupUsage::memory),
                first(groups, CgroupUsage::limit),
                first(groups, group -> ProcText.number(group.resolve("pids.current"))),
                outOfMemoryKills(groups));
    }

    /// How many processes of these groups the kernel ended for want of memory. Empty where nobody counts them.
    public static OptionalLong outOfMemoryKills(List<Path> groups) {
        return first(groups, CgroupUsage::kills);
    }

    private static OptionalLong first(List<Path> groups, Function<Path, OptionalLong> read) {
        for (var group : groups) {
            var value = read.apply(group);
            if (value.isPresent()) return value;
        }
        return OptionalLong.empty();
    }

    private static OptionalDouble cpuSeconds(List<Path> groups) {
        var nanos = first(groups, group -> {
            var micros = ProcText.number(group.resolve("cpu.stat"), "usage_usec");
            return micros.isPresent()
                    ? OptionalLong.of(micros.getAsLong() * 1000)
                    : ProcText.number(group.resolve("cpuacct.usage"));
        });
        return nanos.isPresent() ? OptionalDouble.of(nanos.getAsLong() / 1e9) : OptionalDouble.empty();
    }

    private static OptionalLong memory(Path group) {
        var current = ProcText.number(group.resolve("memory.current"));
        var cache = "inactive_file";
        if (current.isEmpty()) {
            current = ProcText.number(group.resolve("memory.usage_in_bytes"));
            cache = "total_inactive_file";
        }
        if (current.isEmpty()) return current;
        var reclaimable = ProcText.number(group.resolve("memory.stat"), cache).orElse(0);
        return OptionalLong.of(Math.max(0, current.getAsLong() - reclaimable));
    }

    private static OptionalLong limit(Path group) {
        var limit = ProcText.number(group.resolve("memory.max"));
        if (limit.isEmpty()) limit = ProcText.number(group.resolve("memory.limit_in_bytes"));
        return limit.isPresent() && limit.getAsLong() < NO_LIMIT ? limit : OptionalLong.empty();
    }

    private static OptionalLong kills(Path group) {
        var kills = ProcText.number(group.resolve("memory.events"), "oom_kill");
        return kills.isPresent() ? kills : ProcText.number(group.resolve("memory.oom_control"), "oom_kill");
    }

    /// The processes in these groups and those below them, as the node numbers them.
    public static Set<Long> processes(List<Path> groups) {
        var pids = new HashSet<Long>();
        for (var group : groups) {
            try (Stream<Path> folders = Files.find(group, DEPTH, (_, kind) -> kind.isDirectory())) {
                folders.forEach(folder -> ProcText.lines(folder.resolve("cgroup.procs"))
                        .forEach(line -> pids.add(Long.valueOf(line.strip()))));
            } catch (IOException | UncheckedIOException gone) {
                // The session ended meanwhile: what was read until then is as good as anything.
            }
        }
        return pids;
    }
}

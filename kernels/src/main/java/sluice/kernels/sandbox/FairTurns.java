package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.sandbox.CgroupMounts.Mount;

/// One group for the node and all it starts, in which threads take turns on the processors one by one. Left alone,
/// Linux has sessions take turns (autogroup, sched(7)), and each of our kernels is one: the thread that sends a
/// kernel's output then waits for other sessions, and the kernel drops what piles up meanwhile.
///
/// Only for the old hierarchies: where there is the unified one alone, somebody usually has made groups already, and
/// those have no autogroups in them.
record FairTurns(@Nullable Path home, @Nullable Path group) {
    private static final Logger LOG = LoggerFactory.getLogger(FairTurns.class);
    static final FairTurns NONE = new FairTurns(null, null);
    private static final int SHARES_OF_A_PROCESSOR = 1024;

    /// Moves this process into a group of that name, where it may.
    static FairTurns join(List<Mount> mounts, String name) {
        for (var mount : mounts) {
            if (mount.unified() || !mount.controllers().contains("cpu")) continue;
            var group = mount.home().resolve(name);
            try {
                Files.createDirectories(group);
                var processors = Runtime.getRuntime().availableProcessors();
                Files.writeString(group.resolve("cpu.shares"), Integer.toString(SHARES_OF_A_PROCESSOR * processors));
                enter(group);
                return new FairTurns(mount.home(), group);
            } catch (IOException refused) {
                LOG.debug("No group for processors: {}", refused.getMessage());
            }
        }
        return NONE;
    }

    /// Moves this process back and removes the group, if nothing else is in it.
    void leave() {
        if (home == null || group == null) return;
        try {
            enter(home);
            Files.deleteIfExists(group);
        } catch (IOException stillUsed) {
            LOG.debug("{} stays: {}", group, stillUsed.getMessage());
        }
    }

    private static void enter(Path group) throws IOException {
        Files.writeString(
                group.resolve("cgroup.procs"),
                Long.toString(ProcessHandle.current().pid()));
    }
}

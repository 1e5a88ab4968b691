package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// A group in one of the old hierarchies, one for each controller or a few together.
final class CgroupV1 extends LimitingCgroup {
    private static final int PERIOD_MICROS = 100_000;

    CgroupV1(Path folder) {
        super(folder);
    }

    @Override
    void limit(String controller, Limits limits) throws IOException {
        switch (controller) {
            case "memory" -> {
                if (limits.memoryBytes() > 0) set("memory.limit_in_bytes", Long.toString(limits.memoryBytes()));
            }
            case "cpu" -> {
                if (limits.cpus() > 0) {
                    set("cpu.cfs_period_us", Integer.toString(PERIOD_MICROS));
                    set("cpu.cfs_quota_us", Long.toString(Math.round(limits.cpus() * PERIOD_MICROS)));
                }
            }
            case "pids" -> {
                if (limits.processes() > 0) set("pids.max", Integer.toString(limits.processes()));
            }
            default -> throw new IllegalArgumentException(controller);
        }
    }

    /// By threads: to move whole processes the kernel waits some 10 ms for all that fork anywhere on the machine.
    @Override
    public List<Path> doors() {
        return List.of(folder.resolve("tasks"));
    }
}

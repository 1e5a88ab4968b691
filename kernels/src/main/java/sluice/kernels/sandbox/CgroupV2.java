package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Path;

/// A group in the unified hierarchy.
final class CgroupV2 extends LimitingCgroup {
    private static final int PERIOD_MICROS = 100_000;

    CgroupV2(Path folder) {
        super(folder);
    }

    @Override
    void limit(String controller, Limits limits) throws IOException {
        switch (controller) {
            case "memory" -> {
                if (limits.memoryBytes() > 0) {
                    set("memory.max", Long.toString(limits.memoryBytes()));
                    // One process of a kernel killed by itself would leave a kernel that only seems alive.
                    set("memory.oom.group", "1");
                }
            }
            case "cpu" -> {
                if (limits.cpus() > 0) set("cpu.max", Math.round(limits.cpus() * PERIOD_MICROS) + " " + PERIOD_MICROS);
            }
            case "pids" -> {
                if (limits.processes() > 0) set("pids.max", Integer.toString(limits.processes()));
            }
            default -> throw new IllegalArgumentException(controller);
        }
    }

    @Override
    public void kill() {
        try {
            set("cgroup.kill", "1");
        } catch (IOException olderThanLinux514) {
            super.kill();
        }
    }
}

package sluice.gateway.config;

import static sluice.gateway.config.BadValue.check;

/// What one kernel or app may use; 0 means as much as there is.
/// @param home what one person's home may hold
public record LimitSettings(Size memory, double cpus, int processes, int openFiles, Size home) {
    static final LimitSettings DEFAULT = new LimitSettings(new Size(0), 0, 4096, 65_536, new Size(0));

    public LimitSettings {
        check(
                memory.bytes() == 0 || memory.mebibytes() >= 64,
                "memory",
                "must be at least 64 MiB, which a Python kernel needs to start, or 0 for no limit");
        check(cpus >= 0 && cpus <= 4096, "cpus", "must be a number of processors such as 1.5, or 0 for no limit");
        check(processes == 0 || processes >= 16, "processes", "must be at least 16, or 0 for no limit");
        check(openFiles == 0 || openFiles >= 64, "open-files", "must be at least 64, or 0 for the system's own limit");
        check(
                home.bytes() == 0 || home.mebibytes() >= 64,
                "home",
                "must be at least 64 MiB, below which a file system has no room for files, or 0 for no limit");
    }
}

package sluice.kernels.sandbox;

/// What one kernel or app may use; zero means as much as there is. Memory, processors and processes need a control
/// group, see [Cgroups].
/// @param openFiles file descriptors of one process
public record Limits(long memoryBytes, double cpus, int processes, int openFiles) {
    /// Leaves a group as it is.
    static final Limits UNCHANGED = new Limits(0, 0, 0, 0);

    public Limits {
        if (memoryBytes < 0 || cpus < 0 || processes < 0 || openFiles < 0)
            throw new IllegalArgumentException("limits must not be negative");
    }
}

package sluice.kernels.sandbox;

/// What one kernel or app may use; zero means as much as there is. Memory, processors and processes need a control
/// group, see [Cgroups].
/// @param openFiles file descriptors of one process
public record Limits(long memoryBytes, double cpus, int processes, int openFiles) {
    /// Leaves a group as it is.
    static final Limits UNCHANGED = new Limits(0, 0, 0, 0);

    /// The same, save where something is granted.
    /// @param cpus 0 for as many as here
    /// @param memoryBytes 0 for as many as here
    public Limits granted(double cpus, long memoryBytes) {
        return new Limits(
                memoryBytes > 0 ? memoryBytes : this.memoryBytes, cpus > 0 ? cpus : this.cpus, processes, openFiles);
    }

    public Limits {
        if (memoryBytes < 0 || cpus < 0 || processes < 0 || openFiles < 0)
            throw new IllegalArgumentException("limits must not be negative");
    }
}

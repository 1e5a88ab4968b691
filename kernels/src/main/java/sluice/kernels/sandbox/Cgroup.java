package sluice.kernels.sandbox;

import java.nio.file.Path;
import java.util.List;

/// One process's control group: what bounds it with all its children, and ends them together.
interface Cgroup {
    /// The files a process of one thread writes `0` into to enter.
    List<Path> doors();

    /// How many of its processes the out-of-memory killer has taken so far.
    long outOfMemoryKills();

    /// Ends everything in it.
    void kill();

    /// Removes it once it is empty. Whether it is gone.
    boolean remove();
}

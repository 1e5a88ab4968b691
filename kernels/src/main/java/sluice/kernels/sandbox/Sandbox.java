package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// Starts processes so that they see their owner's files and nobody else's.
public sealed interface Sandbox permits Bubblewrap, PlainProcess {
    /// Set in every process, with the node's mark and the process's id, so that no process of ours is ever lost.
    String MARK = "SLUICE_SANDBOX";

    /// `bubblewrap` or `plain`.
    String kind();

    /// What the people who run this node should know of it.
    Optional<String> warning();

    /// Where a process of that owner will find its things.
    View view(Owner owner, Room room, Set<Path> readable);

    /// Starts a process in a session of its own: it outlives the node.
    SandboxedProcess start(Order order) throws IOException;

    /// Finds a process that an earlier node started, if it still runs.
    Optional<SandboxedProcess> adopt(Trace trace, Room room, Path log);
}

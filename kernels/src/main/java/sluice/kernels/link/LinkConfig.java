package sluice.kernels.link;

import java.nio.file.Path;

/// Where the gateway listens for this node, and who the node says it is.
/// @param folder holds the gateway's sockets, `link-<lane>.sock`
/// @param node this node's name
/// @param version the program's
/// @param incarnation changes with each start of the node program
public record LinkConfig(Path folder, String node, String version, String incarnation) {
    /// The unix socket of a lane.
    public Path socket(int lane) {
        return folder.resolve("link-" + lane + ".sock");
    }
}

package sluice.kernels.sandbox;

import java.nio.file.Path;
import java.util.List;

/// How processes are kept apart.
/// @param kind `auto` takes bubblewrap where it works and warns where it does not; `bubblewrap` refuses to start
///     without; `plain` is for machines with one trusted user
/// @param hide folders to empty besides the usual ones (homes, `/tmp`, `/run`, mounts, our own data)
/// @param devices of `/dev` that are shown besides the harmless ones
/// @param home bytes that one person's home may hold; zero for as much as there is
/// @param firstUid where the node is root, owners get user ids from here on
public record SandboxConfig(String kind, List<Path> hide, List<Path> devices, int firstUid, Limits limits, long home) {
    public static final SandboxConfig DEFAULTS =
            new SandboxConfig("auto", List.of(), List.of(), 200_000, new Limits(0, 0, 4096, 65_536), 0);

    public SandboxConfig {
        if (!List.of("auto", "bubblewrap", "plain").contains(kind))
            throw new IllegalArgumentException("sandbox kind must be auto, bubblewrap or plain: " + kind);
        if (home < 0) throw new IllegalArgumentException("a home cannot hold less than nothing: " + home);
        if (firstUid < 1000) throw new IllegalArgumentException("firstUid would reach into the system's: " + firstUid);
    }
}

package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Files of `/dev` that a process may use: how bubblewrap shows them, and which groups a user must be in to open them.
final class Devices {
    private static final int EVERYBODYS = 0006;
    private static final int A_GROUPS = 0060;

    private Devices() {}

    /// As bubblewrap's arguments. It makes the folders between by itself, but for root alone.
    static List<String> arguments(List<Path> devices) {
        var arguments = new ArrayList<String>();
        for (var device : devices) {
            for (int depth = 1; depth < device.getNameCount(); depth++)
                arguments.addAll(List.of("--perms", "0755", "--dir", "/" + device.subpath(0, depth)));
            arguments.addAll(List.of("--dev-bind", device.toString(), device.toString()));
        }
        return arguments;
    }

    /// The groups that open those which not everybody may (`render`, `HwHiAiUser`), never root's.
    static Set<Integer> groups(List<Path> devices) throws IOException {
        var groups = new TreeSet<Integer>();
        for (var device : devices) {
            var mode = (int) Files.getAttribute(device, "unix:mode");
            var group = (int) Files.getAttribute(device, "unix:gid");
            if ((mode & EVERYBODYS) != EVERYBODYS && (mode & A_GROUPS) == A_GROUPS && group != 0) groups.add(group);
        }
        return groups;
    }
}

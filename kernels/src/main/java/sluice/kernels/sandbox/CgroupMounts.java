package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the control group hierarchies are mounted and where in them this process lives, see cgroups(7).
final class CgroupMounts {
    private CgroupMounts() {}

    /// @param home the group this process is in
    record Mount(Path home, boolean unified, List<String> controllers) {}

    static List<Mount> mounts() {
        try {
            return read(
                    Files.readAllLines(Path.of("/proc/self/mountinfo")),
                    Files.readAllLines(Path.of("/proc/self/cgroup")));
        } catch (IOException none) {
            return List.of();
        }
    }

    static List<Mount> read(List<String> mountinfo, List<String> cgroup) {
        var mounts = new ArrayList<Mount>();
        for (var line : mountinfo) {
            // 36 35 0:31 /root/in/hierarchy /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            var halves = line.split(" - ", 2);
            if (halves.length < 2 || !halves[1].startsWith("cgroup")) continue;
            var left = halves[0].split(" ");
            var right = halves[1].split(" ");
            var unified = right[0].equals("cgroup2");
            var controllers = unified ? List.<String>of() : List.of(right[2].split(","));
            var own = ownGroup(cgroup, unified, controllers);
            if (own != null) mounts.add(new Mount(below(Path.of(left[4]), left[3], own), unified, controllers));
        }
        return mounts;
    }

    private static @Nullable String ownGroup(List<String> cgroup, boolean unified, List<String> controllers) {
        for (var line : cgroup) {
            // 4:memory:/user.slice, and 0::/user.slice for the unified one
            var parts = line.split(":", 3);
            if (unified ? parts[0].equals("0") : controllers.containsAll(List.of(parts[1].split(",")))) {
                if (unified || !parts[1].isEmpty()) return parts[2];
            }
        }
        return null;
    }

    /// In a container the mount may show only a part of the hierarchy: its root is then ours to strip.
    private static Path below(Path mount, String root, String own) {
        if (root.equals("/")) return mount.resolve(own.substring(1));
        return own.startsWith(root) ? mount.resolve(own.substring(root.length()).replaceFirst("^/", "")) : mount;
    }
}

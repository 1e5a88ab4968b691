package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a sandbox shows of the host's files: all of the system read-only, nothing of people's, and again read-only
/// what a process needs from among people's (an environment below a home, say). As bubblewrap's arguments.
final class Mounts {
    private enum Show {
        NOTHING,
        READ_ONLY
    }

    private static final Set<Path> ANYBODYS = Set.of(Path.of("/tmp"), Path.of("/var/tmp"));

    /// Parents come before what is below them, which is the order to mount in.
    private final TreeMap<Path, Show> plan = new TreeMap<>();

    private final Map<Path, Show> mounted = new HashMap<>();
    private final List<String> arguments = new ArrayList<>(List.of("--ro-bind", "/", "/"));

    private Mounts() {}

    static List<String> of(List<Path> hidden, Set<Path> readable) {
        var mounts = new Mounts();
        for (var path : readable) {
            mounts.plan.put(path, Show.READ_ONLY);
            mounts.plan.put(real(path), Show.READ_ONLY);
        }
        for (var path : hidden) {
            if (Files.isDirectory(path)) mounts.plan.put(real(path), Show.NOTHING);
        }
        mounts.plan.forEach(mounts::add);
        return mounts.arguments;
    }

    private void add(Path path, Show show) {
        var around = enclosing(path);
        var visible = around == null || mounted.get(around) == Show.READ_ONLY;
        if (visible == (show == Show.READ_ONLY)) return;
        mounted.put(path, show);
        if (around != null && show == Show.READ_ONLY) {
            // bubblewrap would make the folders between itself, for root alone.
            for (var depth = around.getNameCount() + 1; depth < path.getNameCount(); depth++)
                add("--perms", "0755", "--dir", "/" + path.subpath(0, depth));
            add("--ro-bind", path.toString(), path.toString());
        } else {
            add("--perms", ANYBODYS.contains(path) ? "1777" : "0755", "--tmpfs", path.toString());
        }
    }

    private @Nullable Path enclosing(Path path) {
        for (var parent = path.getParent(); parent != null; parent = parent.getParent()) {
            if (mounted.containsKey(parent)) return parent;
        }
        return null;
    }

    private void add(String... words) {
        arguments.addAll(List.of(words));
    }

    static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException gone) {
            return path.toAbsolutePath().normalize();
        }
    }
}

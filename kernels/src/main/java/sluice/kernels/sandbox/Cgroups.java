package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node's control groups, one for each kernel and app, in whichever hierarchies this machine lets us write: the
/// unified one (v2), the old ones (v1), or both where v2 has no controllers (a hybrid machine).
final class Cgroups {
    private static final Logger LOG = LoggerFactory.getLogger(Cgroups.class);

    private static final String CPU = "cpu";
    private static final int WEIGHT_OF_A_PROCESSOR = 100;
    private static final int MOST_WEIGHT = 10_000;

    private final List<Hierarchy> hierarchies;
    private final FairTurns turns;

    private Cgroups(List<Hierarchy> hierarchies, FairTurns turns) {
        this.hierarchies = hierarchies;
        this.turns = turns;
    }

    /// A writable folder of one hierarchy and the controllers it has.
    record Hierarchy(Path base, boolean unified, List<String> controllers) {
        /// Whether a group is in it. One without a processor limit has no `cpu` group of its own: in such a group
        /// threads wait longer for their turn (see [FairTurns]).
        boolean takes(String id, Limits limits) {
            return unified
                    || limits.cpus() > 0
                    || !controllers.equals(List.of(CPU))
                    || Files.isDirectory(base.resolve(id));
        }
    }

    /// Makes this node's groups where it may.
    static Cgroups open(String node) {
        var wanted = List.of("memory", "pids", CPU);
        var name = "sluice-" + node;
        var mounts = CgroupMounts.mounts();
        var limiting = mounts.stream()
                .filter(mount -> !Collections.disjoint(offered(mount), wanted))
                .toList();
        var found = make(limiting, name, wanted);
        // A unified hierarchy with nothing to limit (a hybrid machine's) still kills a whole group at once.
        if (found.isEmpty())
            found = make(mounts.stream().filter(CgroupMounts.Mount::unified).toList(), name, wanted);
        return new Cgroups(found, FairTurns.join(mounts, name));
    }

    private static List<Hierarchy> make(List<CgroupMounts.Mount> mounts, String name, List<String> wanted) {
        var made = new ArrayList<Hierarchy>();
        for (var mount : mounts) {
            var always = wanted.stream()
                    .filter(controller -> !controller.equals(CPU))
                    .toList();
            var home = mount.unified() ? unifiedHome(mount.home(), always) : mount.home();
            var base = make(home.resolve(name));
            if (base == null) continue;
            var controllers = mount.unified() ? new ArrayList<>(passOn(base, always)) : mount.controllers();
            if (mount.unified() && words(home.resolve("cgroup.controllers")).contains(CPU)) controllers.add(CPU);
            made.add(new Hierarchy(
                    base,
                    mount.unified(),
                    wanted.stream().filter(controllers::contains).toList()));
        }
        return made;
    }

    /// Those of memory, cpu and pids that are limited here.
    List<String> controllers() {
        return hierarchies.stream()
                .flatMap(hierarchy -> hierarchy.controllers().stream())
                .distinct()
                .sorted()
                .toList();
    }

    /// The group of that id, made if need be.
    Cgroup of(String id, Limits limits) {
        var parts = new ArrayList<Cgroup>();
        for (var hierarchy : hierarchies) {
            if (!hierarchy.takes(id, limits)) continue;
            var folder = make(hierarchy.base().resolve(id));
            if (folder == null) continue;
            if (hierarchy.unified() && limits.cpus() > 0) shareProcessors(hierarchy);
            var part = hierarchy.unified() ? new CgroupV2(folder) : new CgroupV1(folder);
            for (var controller : hierarchy.controllers()) limit(part, controller, limits);
            parts.add(part);
        }
        return new Together(parts);
    }

    /// In the unified hierarchy groups share processors as soon as one of them is limited: ours together then get a
    /// whole share for each processor.
    private static void shareProcessors(Hierarchy hierarchy) {
        var base = hierarchy.base();
        if (!hierarchy.controllers().contains(CPU) || passedOn(base).contains(CPU)) return;
        var parent = base.getParent();
        if (parent != null) passOn(parent, List.of(CPU));
        var weight = WEIGHT_OF_A_PROCESSOR * Runtime.getRuntime().availableProcessors();
        try {
            Files.writeString(base.resolve("cpu.weight"), Integer.toString(Math.min(MOST_WEIGHT, weight)));
        } catch (IOException refused) {
            LOG.debug("No share of the processors for {}: {}", base, refused.getMessage());
        }
        passOn(base, List.of(CPU));
    }

    private static void limit(LimitingCgroup group, String controller, Limits limits) {
        try {
            group.limit(controller, limits);
        } catch (IOException e) {
            LOG.warn("Cannot limit {} in {}: {}", controller, group, e.getMessage());
        }
    }

    /// The folders of that id's group, in each hierarchy where it has one.
    List<Path> folders(String id) {
        return hierarchies.stream()
                .map(hierarchy -> hierarchy.base().resolve(id))
                .filter(Files::isDirectory)
                .toList();
    }

    /// Ids that have a group, from now or from before.
    List<String> ids() {
        return hierarchies.stream()
                .flatMap(hierarchy -> folders(hierarchy.base()))
                .map(folder -> folder.getFileName().toString())
                .distinct()
                .toList();
    }

    /// Gives the groups of an idle node back.
    void close() {
        turns.leave();
        for (var hierarchy : hierarchies) {
            try {
                Files.deleteIfExists(hierarchy.base());
            } catch (IOException stillUsed) {
                LOG.debug("{} stays: {}", hierarchy.base(), stillUsed.getMessage());
            }
        }
    }

    private static List<String> offered(CgroupMounts.Mount mount) {
        return mount.unified() ? words(mount.home().resolve("cgroup.controllers")) : mount.controllers();
    }

    /// A v2 group with processes of its own cannot limit children, save the root; then its parent may have us.
    private static Path unifiedHome(Path own, List<String> wanted) {
        if (!passOn(own, wanted).isEmpty()) return own;
        var parent = own.getParent();
        return parent != null && !passedOn(parent).isEmpty() && Files.isWritable(parent) ? parent : own;
    }

    /// Has a group pass on to its children what it can, and tells what it does.
    private static List<String> passOn(Path group, List<String> wanted) {
        for (var controller : wanted) {
            try {
                Files.writeString(group.resolve("cgroup.subtree_control"), "+" + controller);
            } catch (IOException refused) {
                LOG.debug("{} does not pass {} on: {}", group, controller, refused.getMessage());
            }
        }
        return passedOn(group);
    }

    private static List<String> passedOn(Path group) {
        return words(group.resolve("cgroup.subtree_control"));
    }

    private static List<String> words(Path file) {
        try {
            var words = Files.readString(file).strip();
            return words.isEmpty() ? List.of() : List.of(words.split(" "));
        } catch (IOException none) {
            return List.of();
        }
    }

    private static @Nullable Path make(Path folder) {
        try {
            return Files.createDirectories(folder);
        } catch (IOException refused) {
            LOG.debug("No control group {}: {}", folder, refused.getMessage());
            return null;
        }
    }

    private static Stream<Path> folders(Path base) {
        try (var children = Files.list(base)) {
            return children.filter(Files::isDirectory).toList().stream();
        } catch (IOException gone) {
            return Stream.empty();
        }
    }

    /// The same group in several hierarchies.
    private record Together(List<Cgroup> parts) implements Cgroup {
        @Override
        public List<Path> doors() {
            return parts.stream().flatMap(part -> part.doors().stream()).toList();
        }

        @Override
        public long outOfMemoryKills() {
            return parts.stream().mapToLong(Cgroup::outOfMemoryKills).sum();
        }

        @Override
        public void kill() {
            parts.forEach(Cgroup::kill);
        }

        @Override
        public boolean remove() {
            return parts.stream().filter(part -> !part.remove()).toList().isEmpty();
        }
    }
}

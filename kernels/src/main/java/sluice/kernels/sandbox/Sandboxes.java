package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.link.NodeProblem;

/// Finds out which sandbox works on this machine, and knows everything of ours that runs on it.
public final class Sandboxes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sandboxes.class);

    private final String node;
    private final Cgroups cgroups;
    private final Sandbox sandbox;

    private Sandboxes(String node, Cgroups cgroups, Sandbox sandbox) {
        this.node = node;
        this.cgroups = cgroups;
        this.sandbox = sandbox;
    }

    /// Tries what the configuration asks for.
    /// @param data the node's data folder, which no process may see
    /// @param run its folder of sockets, likewise
    public static Sandboxes open(SandboxConfig config, Path data, Path run, Owners owners) throws IOException {
        var node = Digest.hex(data.toRealPath().toString(), 8);
        var cgroups = Cgroups.open(node);
        var bubblewrap = new Bubblewrap(node, cgroups, owners.root(), List.of(data, run), config);
        var obstacle = config.kind().equals("plain") ? Optional.of("configured so") : probe(bubblewrap);
        if (obstacle.isEmpty()) return ready(new Sandboxes(node, cgroups, bubblewrap));
        if (config.kind().equals("bubblewrap"))
            throw new NodeProblem("internal", "The sandbox does not work here: " + obstacle.get());
        var separate = owners.root() && usersReach(data, run);
        var warning = "Kernels run without a sandbox (%s): ".formatted(obstacle.get())
                + (separate
                        ? "users are kept apart only by their user ids"
                        : "every user of this pool can read and change everything this node can");
        return ready(new Sandboxes(node, cgroups, new PlainProcess(node, cgroups, separate, warning)));
    }

    private static Sandboxes ready(Sandboxes sandboxes) {
        sandboxes.sandbox.warning().ifPresent(LOG::warn);
        LOG.info("Sandbox: {}, limits on {}", sandboxes.sandbox.kind(), sandboxes.cgroups.controllers());
        return sandboxes;
    }

    public Sandbox sandbox() {
        return sandbox;
    }

    /// Of memory, cpu and pids, those that are limited here.
    public List<String> limited() {
        return cgroups.controllers();
    }

    /// The control groups of what runs under that id; none where this machine has none for us.
    public List<Path> groups(String id) {
        return cgroups.folders(id);
    }

    /// Ids of everything of this node that still runs, or left a control group, whether anybody remembers it or not.
    public List<String> found() {
        var running = Proc.environmentValues(Sandbox.MARK).stream()
                .filter(mark -> mark.startsWith(node + "/"))
                .map(mark -> mark.substring(node.length() + 1));
        return Stream.concat(running, cgroups.ids().stream()).distinct().toList();
    }

    /// Ends what runs under that id, when nothing else is known of it.
    public void end(String id) throws InterruptedException {
        var cgroup = cgroups.of(id, Limits.UNCHANGED);
        var setting = "%s=%s/%s\0".formatted(Sandbox.MARK, node, id);
        // A process that is ending shows no environment any more, so those once seen are remembered.
        var seen = new HashSet<Pid>();
        var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (true) {
            Proc.withEnvironment(setting).stream()
                    .map(Pid::of)
                    .flatMap(Optional::stream)
                    .forEach(seen::add);
            seen.removeIf(pid -> !pid.alive());
            for (var pid : seen) pid.signal(Posix.SIGKILL);
            cgroup.kill();
            if (seen.isEmpty() && cgroup.remove()) return;
            if (System.nanoTime() > deadline) {
                LOG.warn("{} left processes that do not die: {}", id, seen);
                return;
            }
            Thread.sleep(5);
        }
    }

    @Override
    public void close() {
        cgroups.close();
    }

    private static Optional<String> probe(Bubblewrap bubblewrap) {
        try {
            return bubblewrap.probe();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /// Whether an ordinary user can get through to what lies in our folders.
    private static boolean usersReach(Path data, Path run) {
        try {
            for (Path path = data.toRealPath(); path != null; path = path.getParent()) if (!open(path)) return false;
            for (Path path = run.toRealPath(); path != null; path = path.getParent()) if (!open(path)) return false;
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean open(Path folder) throws IOException {
        return Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_EXECUTE);
    }
}

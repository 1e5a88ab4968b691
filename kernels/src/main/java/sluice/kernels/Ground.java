package sluice.kernels;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.sandbox.Folders;
import sluice.kernels.sandbox.Owners;
import sluice.kernels.sandbox.Room;
import sluice.kernels.sandbox.SandboxConfig;
import sluice.kernels.sandbox.Sandboxes;

/// What kernels and apps stand on: the node's folders, its people, its sandbox. One node program at a time has it.
public final class Ground implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Ground.class);

    /// The address of a unix socket is at most 107 bytes; this much is ours within the run folder.
    private static final int LONGEST_RUN_FOLDER = 107 - "/p/".length() - 40 - "/x/".length() - "lab.sock".length();

    private final Path data;
    private final Path rooms;
    private final Owners owners;
    private final Sandboxes sandboxes;
    private final BaseEnvironment environment;
    private final FileChannel lock;

    private Ground(
            Path data, Path rooms, Owners owners, Sandboxes sandboxes, BaseEnvironment environment, FileChannel lock) {
        this.data = data;
        this.rooms = rooms;
        this.owners = owners;
        this.sandboxes = sandboxes;
        this.environment = environment;
        this.lock = lock;
    }

    /// @param data where homes, journal and logs are
    /// @param run a folder with a short name, for sockets
    /// @param env the node's own environment
    /// @param passEnv what of it processes get
    public static Ground open(Path data, Path run, SandboxConfig sandbox, Map<String, String> env, List<String> passEnv)
            throws IOException {
        if (run.toAbsolutePath().toString().length() > LONGEST_RUN_FOLDER)
            throw new IOException("The name of the run folder is too long for sockets in it (at most %d characters): %s"
                    .formatted(LONGEST_RUN_FOLDER, run));
        var folder = Files.createDirectories(data, Folders.PRIVATE).toRealPath();
        var sockets = Files.createDirectories(run, Folders.PRIVATE).toRealPath();
        var lock = lock(folder);
        try {
            var rooms = Files.createDirectories(sockets.resolve("p"));
            Files.createDirectories(folder.resolve("logs"), Folders.PRIVATE);
            var owners = new Owners(folder, sandbox.firstUid(), sandbox.home());
            var sandboxes = Sandboxes.open(sandbox, folder, sockets, owners);
            return new Ground(folder, rooms, owners, sandboxes, new BaseEnvironment(env, passEnv), lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static FileChannel lock(Path data) throws IOException {
        var file = FileChannel.open(
                data.resolve("node.lock"), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), Folders.SECRET);
        try {
            if (file.tryLock() != null) return file;
        } catch (OverlappingFileLockException byThisProgram) {
            // Said below.
        }
        file.close();
        throw new IOException("Another node runs on %s: stop it first, or give this one its own data".formatted(data));
    }

    public Owners owners() {
        return owners;
    }

    public Sandboxes sandboxes() {
        return sandboxes;
    }

    public BaseEnvironment environment() {
        return environment;
    }

    public Path journal() {
        return data.resolve("journal");
    }

    public Room room(String id) {
        return Room.of(rooms, id);
    }

    public Path log(String id) {
        return logs().resolve(id + ".log");
    }

    private Path logs() {
        return data.resolve("logs/processes");
    }

    /// Ends and removes everything of this node that is not among the known: what a node left that died in mid-start.
    public void sweep(Set<String> known) throws InterruptedException, IOException {
        for (var id : sandboxes.found()) {
            if (known.contains(id)) continue;
            LOG.warn("{} is in no journal: ending it", id);
            sandboxes.end(id);
        }
        var keep = new HashSet<Path>();
        for (var id : known) keep.addAll(List.of(room(id).host(), log(id), logs().resolve(id + ".log.1")));
        for (var left : Stream.concat(children(rooms), children(logs())).toList()) {
            if (!keep.contains(left)) Folders.erase(left);
        }
    }

    /// Removes the files of a process that has ended.
    public void discard(String id) throws IOException {
        Folders.erase(room(id).host());
        Folders.erase(log(id));
        Folders.erase(logs().resolve(id + ".log.1"));
    }

    private static Stream<Path> children(Path folder) throws IOException {
        if (Files.notExists(folder)) return Stream.empty();
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList().stream();
        }
    }

    /// Lets another node program have it. What runs goes on running.
    @Override
    public void close() throws IOException {
        sandboxes.close();
        try {
            Files.deleteIfExists(rooms);
        } catch (DirectoryNotEmptyException inhabited) {
            // By kernels that the next node finds.
        }
        lock.close();
    }
}

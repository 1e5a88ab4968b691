package sluice.kernels.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.link.NodeProblem;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The pool's people as this machine knows them: each has a home, and where the node runs as root a user id of their
/// own, which stays theirs for ever.
public final class Owners {
    private static final Logger LOG = LoggerFactory.getLogger(Owners.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._@+-]{0,63}");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Homes homes;
    private final Path register;
    private final int firstUid;
    private final int ourUid;
    private final int ourGid;

    /// Ids of what runs, by owner; a set is also the lock on its owner's home.
    private final ConcurrentHashMap<String, Set<String>> running = new ConcurrentHashMap<>();

    /// @param firstUid the range from which root gives user ids
    /// @param homeBytes what a home may hold, 0 for as much as there is
    public Owners(Path data, int firstUid, long homeBytes) throws IOException {
        this.register = data.resolve("uids.json");
        this.firstUid = firstUid;
        this.ourUid = Posix.ourUid();
        this.ourGid = Posix.ourGid();
        this.homes = Homes.open(data, homeBytes, root());
        homes.warning().ifPresent(LOG::warn);
    }

    /// What of the homes is not as configured.
    public Optional<String> warning() {
        return homes.warning();
    }

    public boolean root() {
        return ourUid == 0;
    }

    /// The owner, whose home is there until that process [leaves][#leave].
    /// @param process the id of a kernel or app
    public Owner of(String name, String process) {
        if (!NAME.matcher(name).matches())
            throw new NodeProblem("bad-request", "\"%s\" cannot own a kernel: not a user name".formatted(name));
        var processes = processes(name);
        synchronized (processes) {
            var used = !processes.isEmpty();
            processes.add(process);
            try {
                var uid = root() ? uidOf(name) : ourUid;
                var home = homes.ready(name, used);
                if (root() && Folders.uid(home) != uid) Folders.giveAway(home, uid, uid);
                return new Owner(name, uid, root() ? uid : ourGid, home);
            } catch (IOException e) {
                leave(name, process);
                throw new NodeProblem(
                        "launch-failed", "Cannot prepare the home of %s: %s".formatted(name, e.getMessage()));
            }
        }
    }

    /// A process that an earlier node started has its owner's home still.
    public void found(String name, String process) {
        var processes = processes(name);
        synchronized (processes) {
            processes.add(process);
        }
    }

    /// Nothing of that process is left. The last one closes the home.
    public void leave(String name, String process) {
        var processes = running.get(name);
        if (processes == null) return;
        synchronized (processes) {
            if (processes.remove(process) && processes.isEmpty()) homes.leave(name);
        }
    }

    /// Closes homes that an earlier node left open and nobody has.
    public void tidy() {
        homes.tidy(running.entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet()));
    }

    private Set<String> processes(String name) {
        return running.computeIfAbsent(name, _ -> ConcurrentHashMap.newKeySet());
    }

    private synchronized int uidOf(String name) throws IOException {
        var uids = register();
        var known = uids.get(name);
        if (known != null) return known;
        var uid = uids.values().stream().mapToInt(Integer::intValue).max().orElse(firstUid - 1) + 1;
        uids.put(name, Math.max(uid, firstUid));
        Folders.replace(register, JSON.writeValueAsBytes(uids));
        return Math.max(uid, firstUid);
    }

    private Map<String, Integer> register() throws IOException {
        try {
            return JSON.readValue(Files.readAllBytes(register), new TypeReference<TreeMap<String, Integer>>() {});
        } catch (NoSuchFileException first) {
            return new TreeMap<>();
        } catch (JacksonException e) {
            throw new UncheckedIOException(new IOException(
                    "%s is not JSON any more; restore it, or the homes change hands".formatted(register), e));
        }
    }
}

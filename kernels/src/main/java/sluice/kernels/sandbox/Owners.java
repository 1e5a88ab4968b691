package sluice.kernels.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import sluice.kernels.link.NodeProblem;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The pool's people as this machine knows them: each has a home, and where the node runs as root a user id of their
/// own, which stays theirs for ever.
public final class Owners {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._@+-]{0,63}");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path homes;
    private final Path register;
    private final int firstUid;
    private final int ourUid;
    private final int ourGid;

    /// @param firstUid the range from which root gives user ids
    public Owners(Path data, int firstUid) throws IOException {
        this.homes = Files.createDirectories(data.resolve("homes"));
        this.register = data.resolve("uids.json");
        this.firstUid = firstUid;
        this.ourUid = Posix.ourUid();
        this.ourGid = Posix.ourGid();
    }

    public boolean root() {
        return ourUid == 0;
    }

    /// The owner, with a home that exists.
    public synchronized Owner of(String name) {
        if (!NAME.matcher(name).matches())
            throw new NodeProblem("bad-request", "\"%s\" cannot own a kernel: not a user name".formatted(name));
        try {
            var uid = root() ? uidOf(name) : ourUid;
            var home = homes.resolve(name);
            var fresh = Files.notExists(home);
            if (fresh) Files.createDirectory(home, Folders.PRIVATE);
            if (root() && Folders.uid(home) != uid) Folders.giveAway(home, uid, uid);
            return new Owner(name, uid, root() ? uid : ourGid, home);
        } catch (IOException e) {
            throw new NodeProblem("launch-failed", "Cannot prepare the home of %s: %s".formatted(name, e.getMessage()));
        }
    }

    private int uidOf(String name) throws IOException {
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

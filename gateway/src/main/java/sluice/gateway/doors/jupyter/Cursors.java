package sluice.gateway.doors.jupyter;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far each client has been served, kept where a killed gateway leaves it: a memory-mapped file. Storing a number
/// costs a few nanoseconds after the socket has taken the message, so what a client has and what the next gateway
/// believes differ by at most the one message that was between the two.
public final class Cursors implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cursors.class);
    /// The kernel's id (16 bytes), then of 8 bytes each: the session, what its socket took, what it confirmed, and from
    /// when on the difference is doubtful.
    private static final int SLOT = 48;

    private static final int SESSION = 16;
    private static final int TAKEN = 24;
    private static final int CONFIRMED = 32;
    private static final int DOUBTFUL = 40;

    static final int NONE = -1;

    private record Client(UUID kernel, long session) {}

    private final MappedByteBuffer map;
    private final Map<Client, Integer> slots = new HashMap<>();
    private final Map<UUID, Deque<Client>> byKernel = new HashMap<>();
    private final Deque<Integer> free = new ArrayDeque<>();

    private Cursors(MappedByteBuffer map) {
        this.map = map;
        for (int slot = map.capacity() / SLOT - 1; slot >= 0; slot--) {
            var kernel = new UUID(map.getLong(slot * SLOT), map.getLong(slot * SLOT + 8));
            // Whom an earlier gateway asked could not answer it.
            map.putLong(slot * SLOT + DOUBTFUL, 0);
            if (kernel.getMostSignificantBits() == 0) free.push(slot);
            else remember(new Client(kernel, map.getLong(slot * SLOT + SESSION)), slot);
        }
    }

    /// Opens the file, made when it is not there.
    /// @param clients how many it holds; later ones are served without a memory across gateway kills
    public static Cursors open(Path file, int clients) throws IOException {
        try (var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new Cursors(channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) clients * SLOT));
        }
    }

    /// The client's slot, taken when it has none yet.
    synchronized int slot(String kernelId, String session) {
        var kernel = key(kernelId);
        var client = new Client(kernel, hash(session));
        var known = slots.get(client);
        if (known != null) return known;
        if (free.isEmpty()) {
            LOG.warn("no slot is free for another client's position");
            return NONE;
        }
        int slot = free.pop();
        put(slot, 0);
        confirmed(slot, 0, 0);
        map.putLong(slot * SLOT + SESSION, client.session());
        map.putLong(slot * SLOT + 8, kernel.getLeastSignificantBits());
        map.putLong(slot * SLOT, kernel.getMostSignificantBits());
        remember(client, slot);
        return slot;
    }

    /// The last message that slot's client has, or 0: what its socket took; but when it owes an answer for too long,
    /// nobody knows what became of that, and it is what it confirmed.
    /// @param now of [System#nanoTime]
    long at(int slot, long now) {
        if (slot == NONE) return 0;
        long doubtful = map.getLong(slot * SLOT + DOUBTFUL);
        return map.getLong(slot * SLOT + (doubtful != 0 && now - doubtful > 0 ? CONFIRMED : TAKEN));
    }

    /// Notes what the socket of that slot's client took; called by the one event loop that serves it.
    void put(int slot, long seq) {
        if (slot != NONE) map.putLong(slot * SLOT + TAKEN, seq);
    }

    /// Notes what that slot's client confirmed.
    /// @param doubtful when everything beyond that becomes doubtful, or 0 when nothing is asked
    void confirmed(int slot, long seq, long doubtful) {
        if (slot == NONE) return;
        map.putLong(slot * SLOT + CONFIRMED, seq);
        map.putLong(slot * SLOT + DOUBTFUL, doubtful);
    }

    /// The kernel is gone, and with it everybody's place in it.
    public synchronized void forget(String kernelId) {
        var clients = byKernel.remove(key(kernelId));
        if (clients == null) return;
        for (var client : clients) {
            var slot = slots.remove(client);
            if (slot == null) continue;
            map.putLong(slot * SLOT, 0);
            free.push(slot);
        }
    }

    @Override
    public void close() {
        map.force();
    }

    private void remember(Client client, int slot) {
        slots.put(client, slot);
        byKernel.computeIfAbsent(client.kernel(), k -> new ArrayDeque<>()).add(client);
    }

    /// Most ids are UUIDs; a client may have chosen another.
    private static UUID key(String kernelId) {
        try {
            return UUID.fromString(kernelId);
        } catch (IllegalArgumentException other) {
            return UUID.nameUUIDFromBytes(kernelId.getBytes(StandardCharsets.UTF_8));
        }
    }

    /// FNV-1a, 64 bits: two of a kernel's few clients do not share one by accident.
    private static long hash(String session) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < session.length(); i++) hash = (hash ^ session.charAt(i)) * 0x100000001b3L;
        return hash;
    }
}

package sluice.gateway.people;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Tokens proved within the last seconds, so that a storm of requests and websockets is not one of queries too.
/// Only good news is kept: a token that was wrong is looked up again.
final class Remembered {
    private static final long FOR = Duration.ofSeconds(5).toNanos();
    private static final int MOST = 10_000;

    private record Entry(ByteBuffer hash, Principal principal, long until) {}

    private final ConcurrentHashMap<ByteBuffer, Entry> byHash = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, Entry> byId = new ConcurrentHashMap<>();
    private final AtomicLong generation = new AtomicLong();

    Optional<Principal> byHash(byte[] hash, Instant now) {
        return good(byHash.get(ByteBuffer.wrap(hash)), now);
    }

    Optional<Principal> byId(long tokenId, Instant now) {
        return good(byId.get(tokenId), now);
    }

    /// Grows with each thing forgotten. Read before a look-up starts and handed to [#keep].
    long generation() {
        return generation.get();
    }

    /// Keeps a proof, unless something was forgotten since the look-up began: it may have been this token.
    void keep(byte[] hash, Principal principal, long began) {
        if (byHash.size() >= MOST) clear();
        var entry = new Entry(ByteBuffer.wrap(hash.clone()), principal, System.nanoTime() + FOR);
        byHash.put(entry.hash(), entry);
        byId.put(principal.tokenId(), entry);
        if (generation.get() != began) forget(entry);
    }

    void forget(long tokenId) {
        generation.incrementAndGet();
        var entry = byId.get(tokenId);
        if (entry != null) forget(entry);
    }

    private void forget(Entry entry) {
        byId.remove(entry.principal().tokenId());
        byHash.remove(entry.hash());
    }

    private void clear() {
        byHash.clear();
        byId.clear();
    }

    private static Optional<Principal> good(@Nullable Entry entry, Instant now) {
        if (entry == null || System.nanoTime() - entry.until() > 0) return Optional.empty();
        return entry.principal().expired(now) ? Optional.empty() : Optional.of(entry.principal());
    }
}

package sluice.gateway.people;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells that a token no longer vouches for anybody, so that what was opened with it closes: revoked, expired, or its
/// user disabled. What this program does is told at once; a clock running out, and what the command line or another
/// program writes into the database, is seen within [#LOOK_EVERY].
public final class Revocations implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    /// Programs on other machines write with clocks of their own.
    private static final Duration CLOCKS_DIFFER = Duration.ofSeconds(30);

    private final Jdbi jdbi;
    private final Clock clock;
    private final List<Consumer<Long>> listeners = new CopyOnWriteArrayList<>();
    private HashSet<Long> told = new HashSet<>();
    private volatile Thread looker = Thread.ofVirtual().unstarted(() -> {});

    public Revocations(Jdbi jdbi, Clock clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// Calls the listener with the id of every token that ends, on the thread that noticed. It must not wait.
    public void onRevoked(Consumer<Long> listener) {
        listeners.add(listener);
    }

    /// Starts looking for what others revoke and what expires.
    public void start() {
        looker = Thread.ofVirtual().name("revocations").start(this::lookUntilClosed);
    }

    @Override
    public void close() {
        looker.interrupt();
    }

    void tell(long tokenId) {
        for (var listener : listeners) {
            try {
                listener.accept(tokenId);
            } catch (RuntimeException e) {
                LOG.error("telling that token {} ended", tokenId, e);
            }
        }
    }

    private void lookUntilClosed() {
        var since = clock.instant();
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                since = look(since);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// Tells of everything that ended since then, and returns where the next look begins.
    Instant look(Instant since) {
        var now = clock.instant();
        try {
            var ended = new HashSet<>(ended(since.minus(CLOCKS_DIFFER), now));
            for (var id : ended) if (!told.contains(id)) tell(id);
            told = ended;
            return now;
        } catch (RuntimeException away) {
            LOG.debug("cannot look for revoked tokens now", away);
            return since;
        }
    }

    private List<Long> ended(Instant since, Instant now) {
        return jdbi.withHandle(db -> db.createQuery("""
                        SELECT id FROM access_token WHERE revoked_at >= :since
                        UNION SELECT id FROM access_token WHERE expires_at BETWEEN :since AND :now
                        UNION SELECT t.id FROM access_token t JOIN pool_user u ON u.id = t.user_id
                              WHERE u.changed_at >= :since AND u.disabled AND t.revoked_at IS NULL
                        """)
                .bind("since", Utc.column(since))
                .bind("now", Utc.column(now))
                .mapTo(Long.class)
                .list());
    }
}

package sluice.gateway.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.ledger.Usage;
import sluice.gateway.ledger.Usage.Piece;

/// What has ended: not to be taken for something new, and written down as soon as the database takes it. In memory the
/// books are right at once.
final class Released {
    private static final Logger LOG = LoggerFactory.getLogger(Released.class);
    private static final Duration REMEMBERED = Duration.ofMinutes(2);

    private final Usage usage;

    /// Guarded by this.
    private final Map<String, Instant> lately = new LinkedHashMap<>();

    private final List<Piece> unwritten = new ArrayList<>();

    Released(Usage usage) {
        this.usage = usage;
    }

    synchronized void add(String session, Piece last) {
        lately.values().removeIf(at -> at.isBefore(last.to().minus(REMEMBERED)));
        lately.put(session, last.to());
        unwritten.add(last);
        write();
    }

    /// Writes what could not be written before.
    synchronized void write() {
        if (unwritten.isEmpty()) return;
        try {
            usage.enter(unwritten);
            unwritten.clear();
        } catch (RuntimeException away) {
            LOG.warn("the ends of {} leases are written later: {}", unwritten.size(), away.getMessage());
        }
    }

    /// Whether it ended after the node was asked what runs, or so shortly before that the answer may be older.
    synchronized boolean justNow(String session, Instant asOf) {
        var at = lately.get(session);
        return at != null && !at.isBefore(asOf.minusSeconds(1));
    }
}

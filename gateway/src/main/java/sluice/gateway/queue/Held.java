package sluice.gateway.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import sluice.gateway.ledger.LeaseRow;
import sluice.gateway.ledger.Usage.Piece;
import sluice.gateway.ledger.Use;
import sluice.scheduling.Lease;

/// A session that was granted something and has not given it back.
/// @param step how far its start has come
/// @param used what of its use is in the ledger
/// @param reckoned up to when its use is in the ledger
/// @param busySeen the node's count of its busy milliseconds at that moment
public record Held(LeaseRow row, Lease lease, Step step, Use used, Instant reckoned, long busySeen) {
    /// How far a start has come.
    public enum Step {
        /// The node is being asked.
        STARTING,
        /// It was being started when the gateway or the node ended: the node knows what came of it.
        IN_DOUBT,
        RUNS
    }

    public String session() {
        return row.session();
    }

    Held in(Step other) {
        return new Held(row, lease, other, used, reckoned, busySeen);
    }

    /// Its use since the last time.
    /// @param count the node's of its busy milliseconds, or -1 where nobody has asked
    /// @param released why it ends with this; null where it goes on
    Piece piece(Instant now, long count, @Nullable String released) {
        long busy = count < 0 ? busySeen : count;
        // The node counts from nothing after it was started anew.
        long more = busy >= busySeen ? busy - busySeen : busy;
        long milli = lease.placement().amounts().milliGpus();
        var to = now.isBefore(reckoned) ? reckoned : now;
        return new Piece(row.id(), row.owner(), milli, reckoned, to, more, busy, false, released);
    }

    /// All its use until a moment.
    /// @param busy the node's count now
    public Use use(Instant now, long busy) {
        return used.plus(piece(now, busy, null).use());
    }

    Held reckonedAt(Piece piece) {
        return new Held(row, lease, step, used.plus(piece.use()), piece.to(), piece.busySeen());
    }
}

package sluice.gateway.queue;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import sluice.gateway.ledger.LeaseRow;
import sluice.gateway.ledger.Usage.Piece;
import sluice.scheduling.Decision.Wait;
import sluice.scheduling.Snapshot.Waiting;

/// A session that waits for its turn.
/// @param last what the last cycle said of it; null before the first
/// @param reason in a sentence, why it waits
public record Pending(
        LeaseRow row, Waiting waiting, @Nullable Wait last, String reason) {
    static Pending of(LeaseRow row, String reason) {
        return new Pending(row, Waiting.fresh(row.demand()), null, reason);
    }

    Pending after(Wait wait) {
        return new Pending(row, waiting.after(wait), wait, wait.reason());
    }

    Pending because(String otherReason) {
        return new Pending(row, waiting, last, otherReason);
    }

    /// That it waits no more: it has used nothing.
    Piece last(Instant now, String why) {
        return new Piece(row.id(), row.owner(), 0, now, now, 0, 0, false, why);
    }

    public String session() {
        return row.session();
    }

    /// In the queue for what it wants, from 1; 0 where it stands in none.
    public int place() {
        return last == null ? 0 : last.place();
    }

    public @Nullable Instant eta() {
        return last == null ? null : last.eta();
    }
}

package sluice.scheduling;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a cycle decided about one demand or one lease, with a sentence that its owner can read.
public sealed interface Decision {
    /// The demand's or the lease's id.
    String id();

    String reason();

    /// It may start there. A card that is in another mode is empty, and is put into the placement's mode first.
    /// @param backfilled somebody whose turn came first waits for such a card, and this one fits in between
    record Grant(String id, Placement placement, String reason, boolean backfilled) implements Decision {}

    /// @param place in the queue for what it wants, from 1; 0 where it does not stand in one
    /// @param eta when it will probably start; null where nobody can know
    /// @param bypassed for the next cycle's [Snapshot.Waiting]
    /// @param blocked for the next cycle's [Snapshot.Waiting]
    record Wait(
            String id,
            Cause cause,
            String reason,
            int place,
            @Nullable Instant eta,
            int bypassed,
            @Nullable Instant blocked)
            implements Decision {}

    enum Cause {
        /// One of its accounts may not have more.
        LIMIT,
        /// The cards are taken.
        CARDS,
        /// Cards are free, but not the cores, memory or disk beside them.
        HOST,
        /// Room is being kept for somebody who has waited longer.
        HELD,
        /// Somebody is moving out for it.
        ROOM
    }

    /// It could not start if the pool were empty.
    /// @param limit whether one of its accounts forbids it, and not the pool's size
    record Never(String id, boolean limit, String reason) implements Decision {}

    /// Its GPU state moves to host memory and its cards go to `to`; nothing of it is lost.
    record Suspend(String id, String to, String reason) implements Decision {}

    /// It is stopped for `to`; a job is queued again.
    record Evict(String id, String to, String reason) implements Decision {}

    /// It cannot be suspended and is not used: its owner is told that it will be stopped at `due` for `to`.
    record Warn(String id, String to, Instant due, String reason) implements Decision {}
}

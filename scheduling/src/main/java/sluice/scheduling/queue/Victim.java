package sluice.scheduling.queue;

import sluice.scheduling.Lease;
import sluice.scheduling.Placement;

/// Somebody who could make room, and what that would cost.
/// @param seconds of somebody's work or patience, with a surcharge for how unwelcome the way is
record Victim(Lease lease, Way way, double seconds) {
    enum Way {
        /// On its way out already.
        LEAVING(0),
        /// Idle: its state moves to host memory until it is used again.
        IDLE(0),
        /// Spot, queued again.
        SPOT(600),
        /// Cannot be suspended, is not used, and its owner was told so.
        UNUSED(1800),
        /// Its team borrows, and it is queued again.
        BORROWED(3600),
        /// The same team wants something more urgent.
        LOWER(3600),
        /// Its team borrows; it is suspended in the middle of its work and loses nothing.
        BORROWED_BUSY(7200),
        /// It had its quantum, and somebody else has waited for one.
        TURN(14400);

        final double surcharge;

        Way(double surcharge) {
            this.surcharge = surcharge;
        }
    }

    /// Whether it is suspended rather than stopped.
    boolean suspends() {
        return switch (way) {
            case IDLE, BORROWED_BUSY, TURN -> true;
            case LOWER -> lease.demand().terms().suspendable();
            case LEAVING, SPOT, UNUSED, BORROWED -> false;
        };
    }

    /// What there is for others once it is gone: who is suspended keeps cores, memory and disk.
    Placement freed() {
        return suspends() ? lease.placement().onlyCards() : lease.placement();
    }
}

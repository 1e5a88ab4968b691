package sluice.gateway.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Demand;
import sluice.scheduling.Owner;
import sluice.scheduling.Placement;

/// What a session asked of the pool, what it got, and what it used.
/// @param id of the row; a session may ask again later, and has another row then
/// @param spec the kernelspec's name on the node
/// @param reason why it waits or why it ended; empty where there is nothing to say
/// @param placement null until it is granted
/// @param order how to start it, while it waits for its turn; null where its client waits itself
/// @param reckoned up to when `use` is reckoned; null until it is granted
/// @param busySeen the node's own count of busy milliseconds at that moment
public record LeaseRow(
        long id,
        String spec,
        String flavour,
        State state,
        String reason,
        Demand demand,
        @Nullable Placement placement,
        @Nullable String order,
        Instant submitted,
        @Nullable Instant granted,
        @Nullable Instant released,
        @Nullable Instant reckoned,
        Use use,
        long busySeen) {
    public enum State {
        /// It waits for its turn.
        QUEUED,
        /// It has been granted, and is being started.
        STARTING,
        /// It runs.
        ACTIVE,
        /// It holds nothing any more.
        RELEASED
    }

    public String session() {
        return demand.id();
    }

    public Owner owner() {
        return demand.owner();
    }

    /// Thousandths of cards that it holds or held.
    public long milliGpus() {
        return placement == null ? 0 : placement.amounts().milliGpus();
    }
}

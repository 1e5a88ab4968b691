package sluice.scheduling;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that was granted and has not been given back.
/// @param since when it was granted, or came back from a suspension
/// @param state what it is doing
/// @param changed when it began to do so
/// @param ends when it is expected to give back what it has (its wall time, or a prediction); null where nobody
/// knows
/// @param saved its last checkpoint, from which a preempted job goes on; null where there is none
/// @param warned when its owner was told that it will be stopped unless it is used; null where nobody was told
/// @param bytes of GPU memory that would have to move if it were suspended
public record Lease(
        Demand demand,
        Placement placement,
        Instant since,
        State state,
        Instant changed,
        @Nullable Instant ends,
        @Nullable Instant saved,
        @Nullable Instant warned,
        long bytes) {
    public enum State {
        BUSY,
        IDLE,
        /// On its way out: what it holds is free in a moment.
        LEAVING
    }

    public String id() {
        return demand.id();
    }

    /// As it is right after the grant.
    public static Lease granted(Demand demand, Placement placement, Instant now) {
        var wall = demand.terms().wall();
        return new Lease(
                demand,
                placement,
                now,
                State.BUSY,
                now,
                wall == null ? null : now.plus(wall),
                null,
                null,
                placement.amounts().gpuBytes());
    }

    public Lease in(State other, Instant at) {
        return new Lease(demand, placement, since, other, at, ends, saved, warned, bytes);
    }

    public Lease savedAt(Instant at) {
        return new Lease(demand, placement, since, state, changed, ends, at, warned, bytes);
    }

    public Lease warnedAt(Instant at) {
        return new Lease(demand, placement, since, state, changed, ends, saved, at, bytes);
    }

    public Lease holding(long gpuBytes) {
        return new Lease(demand, placement, since, state, changed, ends, saved, warned, gpuBytes);
    }

    /// As it is after a suspension: it has no card, and everything else.
    public Lease parked(Instant at) {
        return new Lease(demand, placement.withoutCards(), since, State.IDLE, at, null, saved, null, bytes);
    }

    /// As it is when it has got cards again.
    /// @param cards from the [Decision.Grant]
    public Lease resumed(Placement cards, Instant at) {
        var had = placement.parts().getFirst();
        var part = new Placement.Part(
                had.node(), cards.parts().getFirst().shares(), had.milliCpus(), had.memory(), had.disk());
        return new Lease(
                demand, new Placement(cards.mode(), List.of(part)), at, State.BUSY, at, null, saved, null, bytes);
    }
}

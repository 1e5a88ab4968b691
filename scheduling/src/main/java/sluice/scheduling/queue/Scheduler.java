package sluice.scheduling.queue;

import java.time.Instant;
import java.util.List;
import sluice.scheduling.Decision;
import sluice.scheduling.Snapshot;
import sluice.scheduling.place.Board;

/// Decides who starts, who waits and who makes room. It keeps nothing between calls and asks nothing of
/// anybody: the caller takes a snapshot, lets it decide, and carries out what still holds.
public final class Scheduler {
    private final Policy policy;

    public Scheduler(Policy policy) {
        this.policy = policy;
    }

    /// One cycle. Every demand that waits gets a [Decision.Grant], a [Decision.Wait] or a [Decision.Never];
    /// leases that have to make room get one of the others. A demand for which somebody moves out waits, and
    /// is granted by a later cycle that finds the room.
    public List<Decision> decide(Snapshot snapshot, Instant now) {
        return new Cycle(policy, snapshot, now).run();
    }

    /// A team in this moment's division.
    /// @param fairShare thousandths of cards that it may hold before it borrows from others
    /// @param held thousandths of cards
    /// @param requested thousandths of cards held and waited for
    /// @param saturation held over fair share
    public record Due(String team, long fairShare, long held, long requested, double saturation) {}

    /// How the pool is divided now, for panels and metrics.
    public List<Due> due(Snapshot snapshot) {
        return new Shares(snapshot, new CardSizes(snapshot.nodes()), policy).due();
    }

    /// The part of what is free that nobody who waits could use, from 0 to 1. Where nobody waits, whole cards are
    /// what is asked for.
    public double fragmentation(Snapshot snapshot) {
        var board = new Board(snapshot.nodes());
        for (var lease : snapshot.leases()) board.take(lease.placement());
        return board.fragmentation(new CardSizes(snapshot.nodes()).asked(snapshot.waiting()));
    }
}

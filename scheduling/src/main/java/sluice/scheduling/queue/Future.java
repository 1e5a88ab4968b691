package sluice.scheduling.queue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Demand.Shape;
import sluice.scheduling.Lease;
import sluice.scheduling.Placement;
import sluice.scheduling.place.Board;
import sluice.scheduling.place.Placer;

/// EASY backfill's shadow: the first moment at which a blocked demand fits, and where (Lifka, "The ANL/IBM SP
/// Scheduling System", 1995). Until then others may use that place if they are gone in time.
final class Future {
    private final Board board;
    private final Placer placer;
    private final List<Lease> byEnd;
    private final Instant now;
    private int given;

    /// @param at null where it depends on somebody whose end nobody knows
    record Opening(Placement placement, @Nullable Instant at) {}

    Future(Board board, Placer placer, List<Lease> leases, Instant now) {
        this.board = board;
        this.placer = placer;
        this.now = now;
        byEnd = new ArrayList<>(leases);
        // Those without an end come last, the oldest first: who has been here longest is most likely to go.
        byEnd.sort(Comparator.comparing(this::end).thenComparing(Lease::since).thenComparing(Lease::id));
    }

    private Instant end(Lease lease) {
        if (lease.state() == Lease.State.LEAVING) return now;
        var ends = lease.ends();
        if (ends == null) return Instant.MAX;
        return ends.isBefore(now) ? now : ends;
    }

    /// Where it fits when enough of them have ended; empty if it does not fit even then (nodes are drained, say).
    Optional<Opening> opening(Shape shape) {
        var fewest = Fewest.of(byEnd.size(), count -> {
            giveUpTo(count);
            return placer.placeAnyway(shape);
        });
        giveUpTo(0);
        return fewest.map(ended -> {
            var at = ended.count() == 0 ? now : end(byEnd.get(ended.count() - 1));
            return new Opening(ended.found(), at.equals(Instant.MAX) ? null : at);
        });
    }

    private void giveUpTo(int count) {
        while (given < count) board.give(byEnd.get(given++).placement());
        while (given > count) board.take(byEnd.get(--given).placement());
    }
}

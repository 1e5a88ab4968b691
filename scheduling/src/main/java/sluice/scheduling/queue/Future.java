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
        int least = 0;
        int most = byEnd.size();
        giveUpTo(most);
        var last = placer.placeAnyway(shape);
        if (last.isEmpty()) {
            giveUpTo(0);
            return Optional.empty();
        }
        // The more is given back, the more fits: halve.
        var placement = last.get();
        while (least < most) {
            int middle = (least + most) / 2;
            giveUpTo(middle);
            var found = placer.placeAnyway(shape);
            if (found.isPresent()) {
                placement = found.get();
                most = middle;
            } else {
                least = middle + 1;
            }
        }
        giveUpTo(0);
        var at = most == 0 ? now : end(byEnd.get(most - 1));
        return Optional.of(new Opening(placement, at.equals(Instant.MAX) ? null : at));
    }

    private void giveUpTo(int count) {
        while (given < count) board.give(byEnd.get(given++).placement());
        while (given > count) board.take(byEnd.get(--given).placement());
    }
}

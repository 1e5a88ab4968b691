package sluice.scheduling.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Lease;
import sluice.scheduling.Lease.State;
import sluice.scheduling.Placement;
import sluice.scheduling.Snapshot.Waiting;
import sluice.scheduling.Terms.Priority;
import sluice.scheduling.place.Board;
import sluice.scheduling.place.Placer;
import sluice.scheduling.queue.Victim.Way;

/// Finds the cheapest who would have to go for a demand to fit, and nobody if that would not suffice. Never one
/// that has not had its minimal run time, nor one that can neither be suspended nor queued again and whose
/// owner was not told.
final class Victims {
    private final Board board;
    private final Placer placer;
    private final Shares shares;
    private final Policy policy;
    private final Instant now;

    /// Those that have not been chosen yet, by node; a gang stands under each of its nodes.
    private final Map<String, List<Lease>> byNode = new HashMap<>();

    private final List<Lease> all = new ArrayList<>();

    /// @param placement where the demand fits once they are gone
    record Room(List<Victim> victims, Placement placement, double seconds) {}

    Victims(Board board, Placer placer, Shares shares, Policy policy, List<Lease> leases, Instant now) {
        this.board = board;
        this.placer = placer;
        this.shares = shares;
        this.policy = policy;
        this.now = now;
        for (var lease : leases) {
            all.add(lease);
            lease.placement().parts().stream()
                    .map(Placement.Part::node)
                    .distinct()
                    .forEach(node ->
                            byNode.computeIfAbsent(node, _ -> new ArrayList<>()).add(lease));
        }
    }

    /// @param milli thousandths of cards that the demand takes
    Optional<Room> find(Waiting waiting, long milli) {
        if (waiting.demand().ranks() > 1) return among(candidates(all, waiting, milli), null, waiting);
        Room best = null;
        var home = waiting.home();
        for (var node : home == null ? board.nodes() : List.of(home)) {
            var candidates = candidates(byNode.getOrDefault(node, List.of()), waiting, milli);
            var room = among(candidates, node, waiting);
            if (room.isPresent() && (best == null || room.get().seconds < best.seconds)) best = room.get();
        }
        return Optional.ofNullable(best);
    }

    void chosen(Lease lease) {
        all.remove(lease);
        for (var leases : byNode.values()) leases.remove(lease);
    }

    private Optional<Room> among(List<Victim> candidates, @Nullable String node, Waiting waiting) {
        var gone = new ArrayList<Victim>();
        var fewest = Fewest.of(candidates.size(), count -> {
            leave(candidates, count, gone);
            return place(node, waiting);
        });
        var room = fewest.map(found -> {
            leave(candidates, found.count(), gone);
            var placement = spare(gone, found.found(), node, waiting);
            double seconds = gone.stream().mapToDouble(Victim::seconds).sum();
            return new Room(List.copyOf(gone), placement, seconds);
        });
        leave(candidates, 0, gone);
        return room;
    }

    /// Lets the first so many be gone, and the others be there.
    private void leave(List<Victim> candidates, int count, List<Victim> gone) {
        while (gone.size() < count) {
            var next = candidates.get(gone.size());
            board.give(next.freed());
            gone.add(next);
        }
        while (gone.size() > count) board.take(gone.removeLast().freed());
    }

    /// Brings back those who need not go: those who are elsewhere, and then, the dearest first, those without
    /// whom it fits as well.
    private Placement spare(List<Victim> gone, Placement at, @Nullable String node, Waiting waiting) {
        var placement = at;
        for (var victim : List.copyOf(gone).reversed()) {
            var part = victim.freed();
            board.take(part);
            boolean elsewhere = apart(placement, part);
            var without = elsewhere ? Optional.of(placement) : place(node, waiting);
            if (without.isPresent()) {
                placement = without.get();
                gone.remove(victim);
            } else {
                board.give(part);
            }
        }
        return placement;
    }

    private static boolean apart(Placement one, Placement other) {
        return one.parts().stream().noneMatch(part -> other.touches(part.node()));
    }

    private Optional<Placement> place(@Nullable String node, Waiting waiting) {
        return placer.claim(node, waiting.shape());
    }

    /// The cheapest first. From a team that borrows no more is taken than it borrows.
    private List<Victim> candidates(List<Lease> leases, Waiting waiting, long milli) {
        var victims = new ArrayList<Victim>();
        for (var lease : leases) {
            var way = way(lease, waiting, milli);
            if (way != null) victims.add(new Victim(lease, way, seconds(lease, way)));
        }
        victims.sort(Comparator.comparingDouble(Victim::seconds)
                .thenComparing(victim -> victim.lease().id()));
        var taken = new HashMap<String, Long>();
        victims.removeIf(victim -> {
            if (victim.way() != Way.BORROWED && victim.way() != Way.BORROWED_BUSY) return false;
            var owner = victim.lease().demand().owner();
            long already = taken.getOrDefault(owner.team(), 0L);
            var team = shares.team(owner);
            if (team.held - already <= team.fairShare) return true;
            taken.put(
                    owner.team(), already + victim.lease().placement().amounts().milliGpus());
            return false;
        });
        return victims;
    }

    private @Nullable Way way(Lease lease, Waiting waiting, long milli) {
        if (lease.state() == State.LEAVING) return Way.LEAVING;
        var claimant = waiting.demand();
        var terms = lease.demand().terms();
        if (claimant.terms().priority() == Priority.SPOT && !waiting.pressing()) return null;
        if (!had(lease.since(), terms.minRuntime())) return null;

        // A parked session has no card to give, and is not stopped for its memory.
        if (terms.suspendable() && lease.placement().cards() == 0) return null;
        boolean idle = lease.state() == State.IDLE && had(lease.changed(), policy.idleAtLeast());
        if (terms.suspendable() && idle) return Way.IDLE;
        if (terms.preemptible() && terms.priority() == Priority.SPOT) return Way.SPOT;
        if (!terms.suspendable() && !terms.preemptible()) return unused(lease, idle) ? Way.UNUSED : null;

        boolean one = lease.placement().cards() == 1;
        if (lease.demand().owner().team().equals(claimant.owner().team())) {
            if (terms.priority().compareTo(claimant.terms().priority()) < 0) return Way.LOWER;
        } else if (due(waiting, milli) && borrows(lease)) {
            if (one && terms.suspendable()) return Way.BORROWED_BUSY;
            if (terms.preemptible()) return Way.BORROWED;
        }
        boolean patient = patient(waiting);
        boolean served = had(lease.since(), policy.quantum());
        boolean equal = terms.priority().compareTo(claimant.terms().priority()) <= 0;
        return patient && served && equal && one && terms.suspendable() ? Way.TURN : null;
    }

    /// Only what a person would be asked about: a job that can neither be suspended nor queued again runs to
    /// its end.
    private boolean unused(Lease lease, boolean idle) {
        return idle && lease.demand().kind().interactive() && had(lease.changed(), policy.quantum());
    }

    /// It has been blocked for so long that those who compute may have to take turns with it.
    boolean patient(Waiting waiting) {
        var blocked = waiting.blocked();
        return blocked != null && had(blocked, policy.quantum());
    }

    private boolean due(Waiting waiting, long milli) {
        var team = shares.team(waiting.demand().owner());
        return waiting.pressing() || team.held + milli <= team.fairShare;
    }

    private boolean borrows(Lease lease) {
        var team = shares.team(lease.demand().owner());
        return team.held > team.fairShare;
    }

    private double seconds(Lease lease, Way way) {
        double move = policy.move().of(lease.bytes());
        return way.surcharge
                + switch (way) {
                    case LEAVING, UNUSED -> 0;
                    case IDLE -> move + returns(lease) * move;
                    case TURN, BORROWED_BUSY -> 2 * move;
                    case SPOT, BORROWED -> lost(lease);
                    case LOWER -> lease.demand().terms().suspendable() ? 2 * move : lost(lease);
                };
    }

    /// How likely an idle session is used within the hour. Pauses have a heavy tail: the longer one has
    /// lasted, the longer it will.
    private double returns(Lease lease) {
        double idle = Math.max(0, Duration.between(lease.changed(), now).toSeconds());
        return 3600 / (3600 + idle);
    }

    /// GPU-seconds of work that are done again.
    private double lost(Lease lease) {
        var from = lease.saved() != null && lease.saved().isAfter(lease.since()) ? lease.saved() : lease.since();
        return Math.max(0, Duration.between(from, now).toSeconds())
                * Math.max(1, lease.placement().cards());
    }

    private boolean had(Instant since, Duration time) {
        return !since.plus(time).isAfter(now);
    }

    /// Whether it may be stopped now, or has to be told first.
    boolean mayStop(Victim victim) {
        var warned = victim.lease().warned();
        return victim.way() != Way.UNUSED || warned != null && had(warned, policy.notice());
    }
}

package sluice.scheduling.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Amounts;
import sluice.scheduling.Decision;
import sluice.scheduling.Decision.Evict;
import sluice.scheduling.Decision.Grant;
import sluice.scheduling.Decision.Suspend;
import sluice.scheduling.Decision.Warn;
import sluice.scheduling.Demand;
import sluice.scheduling.Lease;
import sluice.scheduling.Owner;
import sluice.scheduling.Placement;
import sluice.scheduling.Snapshot;
import sluice.scheduling.Snapshot.Waiting;
import sluice.scheduling.Terms.Priority;
import sluice.scheduling.place.Board;
import sluice.scheduling.place.Placer;
import sluice.scheduling.place.Shortage;
import sluice.scheduling.quota.Books;
import sluice.scheduling.quota.Refusal;

/// One pass over everybody who waits, each served once and in turn. Within a cycle what is free only becomes
/// less, so a shape that found no place is not tried again: twenty thousand equal demands cost one search.
final class Cycle {
    private final Policy policy;
    private final Instant now;
    private final List<Lease> leases;
    private final List<Waiting> waiting;
    private final CardSizes sizes;
    private final Board board;
    private final Placer placer;
    private final Books books;
    private final Shares shares;
    private final Waits waits;
    private final Victims victims;
    private final List<Decision> decisions = new ArrayList<>();
    private final Map<Holding, Refusal> refusals = new HashMap<>();

    private static final Duration ENDLESS = Duration.ofDays(100_000);
    private static final Duration LONGER = ENDLESS.plusDays(1);

    /// What found no place, from which wall time on: those that are gone sooner may use room that is kept.
    private final Map<Wanted, Duration> placeless = new HashMap<>();

    /// What could not be helped by sending somebody away.
    private final Set<Searched> victimless = new HashSet<>();
    private final Set<String> blocked = new HashSet<>();
    private int holds;
    private int openings;
    private int searches;

    private record Holding(Owner owner, Amounts amounts) {}

    private record Searched(Wanted wanted, String team, Priority priority, boolean pressing, boolean patient) {}

    Cycle(Policy policy, Snapshot snapshot, Instant now) {
        this.policy = policy;
        this.now = now;
        leases = new ArrayList<>(snapshot.leases());
        sizes = new CardSizes(snapshot.nodes());
        board = new Board(snapshot.nodes());
        books = new Books(snapshot.accounts(), now);
        for (var lease : leases) {
            board.take(lease.placement());
            books.adopt(lease.id(), lease.demand().owner(), lease.placement().amounts(), Set.of(), now);
        }
        waiting = new Possible(snapshot, sizes, books).sift(decisions);
        placer = new Placer(board, sizes.asked(waiting));
        shares = new Shares(
                new Snapshot(snapshot.nodes(), snapshot.leases(), waiting, snapshot.accounts()), sizes, policy);
        waits = new Waits(new Outlook(snapshot.nodes(), leases, now), now);
        victims = new Victims(board, placer, shares, policy, leases, now);
    }

    List<Decision> run() {
        var starving = starving();
        for (var each : starving) serve(each, null);
        var others = new ArrayList<>(waiting);
        others.removeAll(starving);
        var line = new Line(others, shares, sizes, policy, now);
        for (var next = line.poll(); next != null; next = line.poll()) serve(next, line);
        waits.tell(decisions);
        return decisions;
    }

    /// Shares alone would let small jobs take card after card from under whoever wants several at once. So of
    /// each kind of card, the one of these that has been blocked longest comes before everybody, once it was
    /// blocked too long.
    private List<Waiting> starving() {
        var oldest = new TreeMap<String, Waiting>();
        for (var each : waiting) {
            if (each.demand().cards() > 1 && starves(each)) {
                oldest.merge(Outlook.queue(each.demand().needs()), each, BinaryOperator.minBy(BY_BLOCKED));
            }
        }
        return List.copyOf(oldest.values());
    }

    private static final Comparator<Waiting> BY_BLOCKED = Comparator.<Waiting, Instant>comparing(
                    each -> Objects.requireNonNullElse(each.blocked(), Instant.MAX))
            .thenComparing(Waiting::queued)
            .thenComparing(each -> each.demand().id());

    /// @param line null before anybody stands in it
    private void serve(Waiting each, @Nullable Line line) {
        var refusal = refused(each);
        if (refusal != null) {
            waits.limited(each, refusal.reason());
            return;
        }
        var placement = place(each);
        if (placement.isPresent()) {
            grant(each, placement.get());
            return;
        }
        var room = makeRoom(each);
        if (room.isPresent()) {
            clear(each, room.get(), line);
            return;
        }
        waits.blocked(each, sizes.milliGpus(each), () -> shortage(each));
        keepRoom(each);
    }

    private @Nullable Refusal refused(Waiting each) {
        var key = new Holding(each.demand().owner(), sizes.atLeast(each));
        var known = refusals.get(key);
        if (known != null) return known;
        var refusal = books.refusal(key.owner, key.amounts, now);
        refusal.ifPresent(found -> refusals.put(key, found));
        return refusal.orElse(null);
    }

    private Optional<Placement> place(Waiting each) {
        var wall = Objects.requireNonNullElse(each.demand().terms().wall(), ENDLESS);
        var key = Wanted.by(each);
        if (wall.compareTo(placeless.getOrDefault(key, LONGER)) >= 0) return Optional.empty();
        var placement = search(key, wall.equals(ENDLESS) ? null : now.plus(wall));
        if (placement.isEmpty()) placeless.put(key, search(key, Instant.MIN).isPresent() ? wall : Duration.ZERO);
        return placement;
    }

    private Optional<Placement> search(Wanted wanted, @Nullable Instant ends) {
        return wanted.home() == null
                ? placer.place(wanted.shape(), ends)
                : placer.placeOn(wanted.home(), wanted.shape(), ends);
    }

    private void grant(Waiting each, Placement placement) {
        var demand = each.demand();
        // The card that was found may be larger than the smallest that would have done.
        var refusal = each.resumes()
                ? books.extend(demand.id(), demand.owner(), placement.amounts(), now)
                : books.reserve(demand.id(), demand.owner(), placement.amounts(), now);
        if (refusal.isPresent()) {
            waits.limited(each, refusal.get().reason());
            return;
        }
        take(each, placement);
        boolean backfilled = waits.overtaken(demand);
        decisions.add(new Grant(demand.id(), placement, Sentences.granted(each, placement), backfilled));
    }

    private void take(Waiting each, Placement placement) {
        board.take(placement);
        leases.add(Lease.granted(each.demand(), placement, now));
        shares.granted(each.demand().owner(), placement.amounts().milliGpus());
    }

    private Optional<Victims.Room> makeRoom(Waiting each) {
        var demand = each.demand();
        var key = new Searched(
                Wanted.by(each),
                demand.owner().team(),
                demand.terms().priority(),
                each.pressing(),
                victims.patient(each));
        if (searches >= policy.searchesMost() || victimless.contains(key)) return Optional.empty();
        searches++;
        var room = victims.find(each, sizes.milliGpus(each));
        if (room.isEmpty()) victimless.add(key);
        return room;
    }

    /// Sends the victims away, and takes the place already so that nobody else is given it meanwhile.
    private void clear(Waiting each, Victims.Room room, @Nullable Line line) {
        var unwarned = room.victims().stream()
                .filter(victim -> !victims.mayStop(victim))
                .toList();
        // Nobody moves out before the last of them may.
        for (var victim : unwarned.isEmpty() ? room.victims() : unwarned) leave(victim, each.demand());
        for (var victim : room.victims()) {
            var lease = victim.lease();
            victims.chosen(lease);
            leases.remove(lease);
            board.give(victim.freed());
            board.comes(victim.freed());
            shares.released(lease.demand().owner(), lease.placement().amounts().milliGpus());
            if (line != null) line.changed(lease.demand().owner());
        }
        take(each, room.placement());
        placeless.clear();
        victimless.clear();
        var time = unwarned.isEmpty() ? moving(room) : left(unwarned.getFirst());
        var reason = unwarned.isEmpty()
                ? Sentences.room(room, time)
                : "waiting: " + Sentences.notice(unwarned.getFirst(), time);
        waits.moving(each, reason, now.plus(time));
    }

    private void leave(Victim victim, Demand to) {
        var lease = victim.lease();
        var reason = Sentences.leaves(victim, to, now);
        if (victim.way() == Victim.Way.LEAVING) return;
        if (victim.suspends()) {
            decisions.add(new Suspend(lease.id(), to.id(), reason));
        } else if (victims.mayStop(victim)) {
            decisions.add(new Evict(lease.id(), to.id(), reason));
        } else if (lease.warned() == null) {
            var notice = Sentences.notice(victim, policy.notice());
            decisions.add(new Warn(lease.id(), to.id(), now.plus(policy.notice()), notice));
        }
    }

    private Duration left(Victim victim) {
        var warned = victim.lease().warned();
        return warned == null ? policy.notice() : Duration.between(now, warned.plus(policy.notice()));
    }

    private Duration moving(Victims.Room room) {
        double seconds = room.victims().stream()
                .mapToDouble(victim -> policy.move().of(victim.lease().bytes()))
                .max()
                .orElse(0);
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    /// Empty where there are cards, and something else is short.
    private Optional<Shortage> shortage(Waiting each) {
        return !each.resumes() && placer.cardsSuffice(each.shape())
                ? Optional.empty()
                : Optional.of(board.shortage(each.demand().needs(), each.home()));
    }

    /// EASY: of each kind of card the first that is blocked has a moment by which there is room, and nobody may
    /// delay it. Where nobody knows that moment, the room is kept empty for whoever has been blocked too long.
    /// A parked session needs none of it: it comes first in every cycle.
    private void keepRoom(Waiting each) {
        boolean first = blocked.add(Outlook.queue(each.demand().needs()));
        if (each.resumes() || !first && !starves(each)) return;
        if (holds >= policy.holdsMost() || openings >= 2 * policy.holdsMost()) return;
        openings++;
        var opening = new Future(board, placer, leases, now).opening(each.shape());
        if (opening.isEmpty()) return;
        var at = opening.get().at();
        if (at == null && !starves(each)) return;
        holds++;
        boolean hosts = each.demand().cards() == 0 || placer.cardsSuffice(each.shape());
        board.hold(opening.get().placement(), each.demand().id(), at == null ? now : at, hosts);
    }

    private boolean starves(Waiting each) {
        var since = each.blocked();
        return each.bypassed() >= policy.bypassMost()
                || since != null && !since.plus(policy.blockedMost()).isAfter(now);
    }
}

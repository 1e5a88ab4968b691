package sluice.gateway.queue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.fleet.Capacity;
import sluice.gateway.fleet.Nodes;
import sluice.gateway.ledger.Accounts;
import sluice.gateway.ledger.Decisions;
import sluice.gateway.ledger.LeaseRow;
import sluice.gateway.ledger.Leases;
import sluice.gateway.ledger.Usage;
import sluice.gateway.ledger.Usage.Piece;
import sluice.gateway.people.Refused;
import sluice.scheduling.Account;
import sluice.scheduling.Decision;
import sluice.scheduling.Decision.Cause;
import sluice.scheduling.Decision.Grant;
import sluice.scheduling.Decision.Never;
import sluice.scheduling.Decision.Wait;
import sluice.scheduling.Demand;
import sluice.scheduling.Placement;
import sluice.scheduling.Snapshot;
import sluice.scheduling.Snapshot.Waiting;
import sluice.scheduling.queue.Scheduler;

/// The one who gives out leases and takes them back. Whoever wants to start something asks here first; a cycle of the
/// scheduler answers, and what it grants stands in the database before anything starts. One cycle runs at a time, so
/// nothing is given twice.
public final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final String AWAY = "waiting for the node: it is away, and is being started again";

    private final Scheduler scheduler;
    private final Capacity capacity;
    private final Accounts accounts;
    private final Leases leases;
    private final Usage usage;
    private final Clock clock;
    private final Teller teller;
    private final Bell bell;

    private final Roll roll;
    private final Released released;
    private final Agreement agreement;
    private final Cycles cycles = new Cycles();

    /// @param bell asks for a cycle, soon
    public Dispatcher(
            Scheduler scheduler,
            Capacity capacity,
            Accounts accounts,
            Leases leases,
            Usage usage,
            Decisions decisions,
            Clock clock,
            Bell bell) {
        this.scheduler = scheduler;
        this.capacity = capacity;
        this.accounts = accounts;
        this.leases = leases;
        this.usage = usage;
        this.clock = clock;
        this.teller = new Teller(decisions, cycles);
        this.bell = bell;
        this.roll = new Roll(capacity);
        this.released = new Released(usage);
        this.agreement = new Agreement(this, roll, released, capacity, leases, teller, bell);
        for (var row : leases.live()) roll.recall(row);
    }

    /// Tells the listener what happens to those that wait, one thing after the other, until the program ends.
    public void onNews(Consumer<News> listener) {
        teller.onNews(listener);
    }

    /// What came of a demand.
    public sealed interface Answer {
        /// It holds its lease, and has to be started now.
        record Granted(LeaseRow row, Placement placement) implements Answer {}

        /// It stands in the queue.
        record Queued(Pending pending) implements Answer {}
    }

    /// Asks for what a session needs.
    /// @param order how to start it when its turn comes; null where nobody would wait for that
    /// @throws Refused by a limit; for what the pool could never give; without an order also for what has to wait
    /// @throws Nodes.NodeAway nobody knows what there is to give
    public Answer ask(Demand demand, String spec, String flavour, @Nullable String order) throws InterruptedException {
        capacity.await(demand.cards() > 0);
        return roll.locked(() -> {
            if (roll.waiting.containsKey(demand.id()) || roll.held.containsKey(demand.id()))
                throw Refused.conflict("%s waits or runs already".formatted(demand.id()));
            var now = now();
            var decided = decide(now, Waiting.fresh(demand));
            var own = decided.remove(demand.id());
            carryOut(decided.values(), now);
            return answer(demand, spec, flavour, order, own, now);
        });
    }

    private Answer answer(
            Demand demand, String spec, String flavour, @Nullable String order, @Nullable Decision own, Instant now) {
        return switch (own) {
            case Grant grant -> {
                var row = leases.grant(demand, spec, flavour, grant.placement(), now);
                roll.hold(row, grant.placement(), Held.Step.STARTING, now);
                if (grant.backfilled()) cycles.backfilled();
                teller.decided(now, demand.id(), "granted", grant.reason());
                yield new Answer.Granted(row, grant.placement());
            }
            case Wait wait
            when wait.cause() == Cause.LIMIT || order == null -> {
                teller.decided(now, demand.id(), "refused", wait.reason());
                throw new Refused(Refused.Kind.FORBIDDEN, Said.plainly(wait.reason()));
            }
            case Wait wait -> {
                var row = leases.queue(demand, spec, flavour, order, wait.reason());
                var pending = Pending.of(row, wait.reason()).after(wait);
                roll.waiting.put(demand.id(), pending);
                teller.decided(now, wait);
                yield new Answer.Queued(pending);
            }
            case Never never -> {
                teller.decided(now, demand.id(), "refused", never.reason());
                throw new Refused(
                        never.limit() ? Refused.Kind.FORBIDDEN : Refused.Kind.BAD_REQUEST,
                        Said.plainly(never.reason()));
            }
            case null, default -> throw new IllegalStateException("the scheduler said %s of %s".formatted(own, demand));
        };
    }

    /// What was granted runs now.
    public void started(String session) {
        roll.locked(() -> {
            var started = roll.held.computeIfPresent(session, (_, it) -> it.in(Held.Step.RUNS));
            if (started == null) return;
            active(started);
            teller.decided(now(), session, "started", "");
        });
    }

    private void active(Held started) {
        try {
            leases.active(started.row().id());
        } catch (RuntimeException away) {
            // It runs all the same; a gateway that finds it in doubt asks the node.
            LOG.warn(
                    "lease {} is active, which is not written down: {}",
                    started.row().id(),
                    away.getMessage());
        }
    }

    /// Nobody knows whether it was started: its node went away. That one knows when it is back.
    /// @return false where its client does not wait for that
    public boolean doubt(String session) {
        return roll.locked(() -> {
            var known = roll.held.get(session);
            if (known == null || known.row().order() == null) return false;
            roll.held.put(session, known.in(Held.Step.IN_DOUBT));
            return true;
        });
    }

    /// It holds nothing any more, or waits no more. Releasing what is not known does nothing.
    /// @param busyMillis the node's count of its busy time, or -1 where nobody has asked
    public void release(String session, String why, long busyMillis) {
        roll.locked(() -> {
            var now = now();
            var left = roll.waiting.remove(session);
            var gone = roll.held.remove(session);
            if (gone != null) released.add(session, gone.piece(now, busyMillis, why));
            else if (left != null) released.add(session, left.last(now, why));
            else return;
            teller.decided(now, session, "released", why);
        });
        bell.ring();
    }

    // ---- cycles

    /// Decides anew about all that wait.
    public void cycle() throws InterruptedException {
        capacity.look();
        roll.locked(() -> {
            released.write();
            if (roll.waiting.isEmpty()) return;
            if (capacity.open()) carryOut(decide(now(), null).values(), now());
            else roll.waiting.replaceAll((_, pending) -> tell(pending, pending.because(AWAY)));
        });
    }

    private Map<String, Decision> decide(Instant now, @Nullable Waiting fresh) {
        var snapshot = roll.snapshot(fresh, accounts.at(now));
        var began = System.nanoTime();
        var decided = scheduler.decide(snapshot, now);
        cycles.took(Duration.ofNanos(System.nanoTime() - began));
        var byId = new LinkedHashMap<String, Decision>();
        for (var decision : decided) byId.put(decision.id(), decision);
        return byId;
    }

    private void carryOut(Collection<Decision> decided, Instant now) {
        for (var decision : decided) {
            var pending = roll.waiting.get(decision.id());
            switch (decision) {
                case Grant grant when pending != null -> turn(pending, grant, now);
                case Wait wait
                when pending != null -> roll.waiting.put(pending.session(), tell(pending, pending.after(wait)));
                // What could start yesterday may again tomorrow: cards come back. It waits, and says why.
                case Never never
                when pending != null ->
                    roll.waiting.put(
                            pending.session(), tell(pending, pending.because("cannot start now: " + never.reason())));
                default -> LOG.warn("nothing to carry out: {}", decision);
            }
        }
    }

    private void turn(Pending pending, Grant grant, Instant now) {
        boolean waits = leases.granted(pending.row().id(), grant.placement(), now);
        roll.waiting.remove(pending.session());
        if (!waits) return;
        roll.hold(pending.row(), grant.placement(), Held.Step.STARTING, now);
        cycles.waited(pending.row().demand(), Duration.between(pending.row().submitted(), now));
        if (grant.backfilled()) cycles.backfilled();
        teller.decided(now, pending.session(), "granted", grant.reason());
        teller.tell(new News.Turn(pending.row(), grant.placement()));
    }

    private Pending tell(Pending before, Pending after) {
        if (before.reason().equals(after.reason())) return after;
        teller.tell(new News.Waits(after));
        var last = before.last();
        var now = after.last();
        if (now != null && (last == null || last.cause() != now.cause())) teller.decided(now(), now);
        return after;
    }

    // ---- what really runs

    /// Lays the books beside what runs: leases of what is gone are taken back, what runs without one is entered.
    /// @param running the node's kernels
    /// @param asOf a moment before the node was asked
    public void agree(List<Running> running, Instant asOf) {
        agreement.agree(running, asOf);
    }

    /// The node is lost with everything on it.
    public void lost(String why) {
        roll.locked(() -> {
            for (var session : List.copyOf(roll.held.keySet())) release(session, why, -1);
        });
    }

    /// Enters what is used up to now.
    /// @param busy the node's count of a session's busy milliseconds, or -1 where it knows none
    public void reckon(ToLongFunction<String> busy) {
        roll.locked(() -> {
            var now = now();
            var pieces = new LinkedHashMap<String, Piece>();
            for (var each : roll.held.values()) {
                // What starts may have to wait again, and has used nothing then.
                if (each.row().demand().cards() == 0 || each.step() != Held.Step.RUNS) continue;
                long seen = busy.applyAsLong(each.session());
                pieces.put(each.session(), each.piece(now, seen, null));
            }
            usage.enter(pieces.values());
            pieces.forEach((session, piece) -> roll.held.computeIfPresent(session, (_, it) -> it.reckonedAt(piece)));
        });
    }

    // ---- what there is to see

    /// Those that wait, as they came.
    public List<Pending> queue() {
        return roll.locked(() -> List.copyOf(roll.waiting.values()));
    }

    public List<Held> held() {
        return roll.locked(() -> List.copyOf(roll.held.values()));
    }

    public Optional<Pending> waiting(String session) {
        return roll.locked(() -> Optional.ofNullable(roll.waiting.get(session)));
    }

    public boolean holds(String session) {
        return roll.locked(() -> roll.held.containsKey(session));
    }

    /// All of it at one moment.
    /// @param teams the accounts as [Accounts#at] gives them: what is looked up there must not be waited for here
    public Figures figures(List<Account> teams) {
        var now = now();
        var seen = roll.locked(() -> new Seen(List.copyOf(roll.held.values()), roll.snapshot(null, teams)));
        return Figures.of(now, seen.held, seen.snapshot, scheduler);
    }

    private record Seen(List<Held> held, Snapshot snapshot) {}

    /// What cycles took and how long people waited.
    public Cycles cycles() {
        return cycles;
    }

    /// In the ledger's milliseconds.
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}

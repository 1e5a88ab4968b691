package sluice.gateway.queue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
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
import sluice.scheduling.Lease;
import sluice.scheduling.Mode;
import sluice.scheduling.Node;
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

    private final ReentrantLock lock = new ReentrantLock();

    /// In the order in which they came; guarded by the lock, as everything below.
    private final Map<String, Pending> waiting = new LinkedHashMap<>();

    private final Map<String, Held> held = new LinkedHashMap<>();

    /// Ends that the database could not take yet.
    private final List<Piece> unwritten = new ArrayList<>();

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
        for (var row : leases.live()) recall(row);
    }

    private void recall(LeaseRow row) {
        var placement = row.placement();
        var granted = row.granted();
        if (placement == null || granted == null) {
            waiting.put(row.session(), Pending.of(row, row.reason()));
            return;
        }
        var lease = Lease.granted(row.demand(), placement, granted);
        var step = row.state() == LeaseRow.State.ACTIVE ? Held.Step.RUNS : Held.Step.IN_DOUBT;
        var reckoned = row.reckoned() == null ? granted : row.reckoned();
        held.put(row.session(), new Held(row, lease, step, row.use(), reckoned, row.busySeen()));
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
        lock.lock();
        try {
            if (waiting.containsKey(demand.id()) || held.containsKey(demand.id()))
                throw Refused.conflict("%s waits or runs already".formatted(demand.id()));
            var now = now();
            var decided = decide(now, Waiting.fresh(demand));
            var own = decided.remove(demand.id());
            carryOut(decided.values(), now);
            return answer(demand, spec, flavour, order, own, now);
        } finally {
            lock.unlock();
        }
    }

    private Answer answer(
            Demand demand, String spec, String flavour, @Nullable String order, @Nullable Decision own, Instant now) {
        return switch (own) {
            case Grant grant -> {
                var row = leases.grant(demand, spec, flavour, grant.placement(), now);
                hold(row, grant.placement(), Held.Step.STARTING, now);
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
                waiting.put(demand.id(), pending);
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

    private void hold(LeaseRow row, Placement placement, Held.Step step, Instant now) {
        held.put(row.session(), new Held(row, Lease.granted(row.demand(), placement, now), step, row.use(), now, 0));
    }

    /// What was granted runs now.
    public void started(String session) {
        lock.lock();
        try {
            var started = held.computeIfPresent(session, (_, it) -> it.in(Held.Step.RUNS));
            if (started == null) return;
            active(started);
            teller.decided(now(), session, "started", "");
        } finally {
            lock.unlock();
        }
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
        lock.lock();
        try {
            var known = held.get(session);
            if (known == null || known.row().order() == null) return false;
            held.put(session, known.in(Held.Step.IN_DOUBT));
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// It holds nothing any more, or waits no more. Releasing what is not known does nothing.
    /// @param busyMillis the node's count of its busy time, or -1 where nobody has asked
    public void release(String session, String why, long busyMillis) {
        lock.lock();
        try {
            var now = now();
            var left = waiting.remove(session);
            var gone = held.remove(session);
            if (left != null) write(new Piece(left.row().id(), left.row().owner(), 0, now, now, 0, 0, false, why));
            if (gone != null) write(gone.piece(now, busyMillis < 0 ? gone.busySeen() : busyMillis, why));
            if (left == null && gone == null) return;
            cycles.released(session, now);
            teller.decided(now, session, "released", why);
        } finally {
            lock.unlock();
        }
        bell.ring();
    }

    /// The books in memory are right at once; the database hears of it as soon as it can.
    private void write(Piece piece) {
        unwritten.add(piece);
        try {
            flush();
        } catch (RuntimeException away) {
            LOG.warn("the end of lease {} is written later: {}", piece.lease(), away.getMessage());
        }
    }

    private void flush() {
        if (unwritten.isEmpty()) return;
        usage.enter(unwritten);
        unwritten.clear();
    }

    // ---- cycles

    /// Decides anew about all that wait.
    public void cycle() throws InterruptedException {
        capacity.look();
        lock.lock();
        try {
            flush();
            if (waiting.isEmpty()) return;
            if (capacity.open()) carryOut(decide(now(), null).values(), now());
            else waiting.replaceAll((_, pending) -> tell(pending, pending.because(AWAY)));
        } finally {
            lock.unlock();
        }
    }

    private Map<String, Decision> decide(Instant now, @Nullable Waiting fresh) {
        var all = new ArrayList<Waiting>(waiting.size() + 1);
        for (var pending : waiting.values()) all.add(pending.waiting());
        if (fresh != null) all.add(fresh);
        var holding = held.values().stream().map(Held::lease).toList();
        var began = System.nanoTime();
        var decided = scheduler.decide(new Snapshot(nodes(), holding, all, accounts.at(now)), now);
        cycles.took(Duration.ofNanos(System.nanoTime() - began));
        var byId = new LinkedHashMap<String, Decision>();
        for (var decision : decided) byId.put(decision.id(), decision);
        return byId;
    }

    private List<Node> nodes() {
        var modes = new HashMap<String, Mode>();
        for (var each : held.values()) {
            for (var part : each.lease().placement().parts())
                for (var share : part.shares())
                    modes.put(share.card(), each.lease().placement().mode());
        }
        return capacity.nodes(card -> modes.getOrDefault(card, Mode.SWAP));
    }

    private void carryOut(Collection<Decision> decided, Instant now) {
        for (var decision : decided) {
            var pending = waiting.get(decision.id());
            switch (decision) {
                case Grant grant when pending != null -> turn(pending, grant, now);
                case Wait wait
                when pending != null -> waiting.put(pending.session(), tell(pending, pending.after(wait)));
                // What could start yesterday may again tomorrow: cards come back. It waits, and says why.
                case Never never
                when pending != null ->
                    waiting.put(
                            pending.session(), tell(pending, pending.because("cannot start now: " + never.reason())));
                default -> LOG.warn("nothing to carry out: {}", decision);
            }
        }
    }

    private void turn(Pending pending, Grant grant, Instant now) {
        waiting.remove(pending.session());
        if (!leases.granted(pending.row().id(), grant.placement(), now)) return;
        hold(pending.row(), grant.placement(), Held.Step.STARTING, now);
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
        lock.lock();
        try {
            var byId = new HashMap<String, Running>();
            for (var each : running) byId.put(each.session(), each);
            for (var each : List.copyOf(held.values())) agree(each, byId.get(each.session()), asOf);
            for (var each : running) {
                if (!held.containsKey(each.session()) && !cycles.justReleased(each.session(), asOf)) adopt(each);
            }
        } finally {
            lock.unlock();
        }
    }

    private void agree(Held each, @Nullable Running runs, Instant asOf) {
        boolean settled =
                each.step() != Held.Step.STARTING && !each.lease().since().isAfter(asOf);
        if (runs != null) {
            if (each.step() == Held.Step.IN_DOUBT) {
                started(each.session());
                teller.tell(new News.Runs(each.session()));
            }
            return;
        }
        if (!settled) return;
        var order = each.row().order();
        if (each.step() == Held.Step.IN_DOUBT && order != null) again(each);
        else release(each.session(), "it was gone when the node was asked", -1);
    }

    /// Its turn had come when the gateway or the node ended, and the node knows nothing of it.
    private void again(Held each) {
        var interrupted = "its start was interrupted; it waits again";
        if (!leases.requeue(each.row().id(), interrupted)) {
            release(each.session(), "its start was interrupted", -1);
            return;
        }
        held.remove(each.session());
        var pending = Pending.of(each.row(), interrupted);
        waiting.put(each.session(), pending);
        teller.tell(new News.Waits(pending));
        bell.ring();
    }

    private void adopt(Running each) {
        var node = capacity.nodes(_ -> Mode.SWAP).stream().findFirst();
        if (node.isEmpty() || waiting.containsKey(each.session())) return;
        var now = now();
        var demand = each.demand(now);
        var placement = each.placement(node.get().name());
        var row = leases.adopt(demand, each.spec(), each.flavour(), placement, now);
        hold(row, placement, Held.Step.RUNS, now);
        LOG.info("{} of {} runs without a lease: it is entered", each.session(), demand.owner());
        teller.decided(now, each.session(), "granted", "found running");
    }

    /// The node is lost with everything on it.
    public void lost(String why) {
        lock.lock();
        try {
            for (var session : List.copyOf(held.keySet())) release(session, why, -1);
        } finally {
            lock.unlock();
        }
    }

    /// Enters what is used up to now.
    /// @param busy the node's count of a session's busy milliseconds, or -1 where it knows none
    public void reckon(ToLongFunction<String> busy) {
        lock.lock();
        try {
            var now = now();
            var pieces = new LinkedHashMap<String, Piece>();
            for (var each : held.values()) {
                // What starts may have to wait again, and has used nothing then.
                if (each.row().demand().cards() == 0 || each.step() != Held.Step.RUNS) continue;
                long seen = busy.applyAsLong(each.session());
                pieces.put(each.session(), each.piece(now, seen < 0 ? each.busySeen() : seen, null));
            }
            usage.enter(pieces.values());
            pieces.forEach((session, piece) -> held.computeIfPresent(session, (_, it) -> it.reckonedAt(piece)));
        } finally {
            lock.unlock();
        }
    }

    // ---- what there is to see

    /// Those that wait, as they came.
    public List<Pending> queue() {
        lock.lock();
        try {
            return List.copyOf(waiting.values());
        } finally {
            lock.unlock();
        }
    }

    public List<Held> held() {
        lock.lock();
        try {
            return List.copyOf(held.values());
        } finally {
            lock.unlock();
        }
    }

    public Optional<Pending> waiting(String session) {
        lock.lock();
        try {
            return Optional.ofNullable(waiting.get(session));
        } finally {
            lock.unlock();
        }
    }

    public boolean holds(String session) {
        lock.lock();
        try {
            return held.containsKey(session);
        } finally {
            lock.unlock();
        }
    }

    /// How the pool is divided among teams now.
    public List<Scheduler.Due> due() {
        lock.lock();
        try {
            var all = waiting.values().stream().map(Pending::waiting).toList();
            var holding = held.values().stream().map(Held::lease).toList();
            return scheduler.due(new Snapshot(nodes(), holding, all, accounts.at(now())));
        } finally {
            lock.unlock();
        }
    }

    /// All of it at one moment.
    /// @param teams the accounts as [Accounts#at] gives them: what is looked up there must not be waited for here
    public Figures figures(List<Account> teams) {
        var now = now();
        Snapshot snapshot;
        List<Held> holding;
        lock.lock();
        try {
            holding = List.copyOf(held.values());
            var leases = holding.stream().map(Held::lease).toList();
            var all = waiting.values().stream().map(Pending::waiting).toList();
            snapshot = new Snapshot(nodes(), leases, all, teams);
        } finally {
            lock.unlock();
        }
        return Figures.of(now, holding, snapshot, scheduler);
    }

    /// What cycles took and how long people waited.
    public Cycles cycles() {
        return cycles;
    }

    /// In the ledger's milliseconds.
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}

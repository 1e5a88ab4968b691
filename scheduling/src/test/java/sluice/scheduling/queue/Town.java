package sluice.scheduling.queue;

import static java.util.Objects.requireNonNull;
import static sluice.scheduling.Pools.GB;
import static sluice.scheduling.Pools.NOON;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import sluice.scheduling.Account;
import sluice.scheduling.Decision;
import sluice.scheduling.Demand;
import sluice.scheduling.Demand.Kind;
import sluice.scheduling.Gpus;
import sluice.scheduling.Lease;
import sluice.scheduling.Limits;
import sluice.scheduling.Mode;
import sluice.scheduling.Needs;
import sluice.scheduling.Node;
import sluice.scheduling.Owner;
import sluice.scheduling.Pools;
import sluice.scheduling.Snapshot;
import sluice.scheduling.Snapshot.Waiting;
import sluice.scheduling.Terms;
import sluice.scheduling.Terms.Priority;

/// A small pool full of random people, in which decisions are carried out and checked.
final class Town {
    final List<Node> nodes = new ArrayList<>();
    final List<Account> accounts = new ArrayList<>();
    final Map<String, Lease> leases = new LinkedHashMap<>();
    final Map<String, Waiting> waiting = new LinkedHashMap<>();
    final RandomGenerator random;
    Instant now = NOON;
    private int ids;

    Town(long seed) {
        random = new SplittableRandom(seed);
        nodes.add(Pools.node("n1", 4, Mode.EXCLUSIVE, 2));
        nodes.add(Pools.node("n2", 4, Mode.EXCLUSIVE));
        nodes.add(Pools.node("n3", 2, Mode.SLICE));
        nodes.add(Pools.node("n4", 2, Mode.SWAP));
        accounts.add(Account.of("vision").deserving(4000).havingUsed(random.nextDouble() * 4));
        accounts.add(Account.of("speech").deserving(2000).havingUsed(random.nextDouble() * 4));
        accounts.add(Account.of("vision/ada").with(Limits.gpus(6)));
    }

    Demand demand() {
        var owner = List.of(Pools.ADA, Pools.BEN, Pools.EVE, new Owner("robots", "zoe"))
                .get(random.nextInt(4));
        var id = "d-" + ids++;
        int milliCpus = random.nextInt(3) * 8000;
        long memory = random.nextInt(3) * 32 * GB;
        var minutes = Duration.ofMinutes(5 + random.nextInt(120));
        var priority = Priority.values()[random.nextInt(3)];
        return switch (random.nextInt(5)) {
            case 0 -> demand(id, owner, Kind.KERNEL, whole(1, Mode.SWAP, milliCpus, memory), 1, Terms.NOTEBOOK);
            case 1 -> {
                var part = Needs.of(new Gpus.Fraction(100 + 100 * random.nextInt(9)), Mode.SLICE);
                yield demand(
                        id,
                        owner,
                        Kind.JOB,
                        part.withHost(milliCpus, memory, 0),
                        1,
                        Terms.job(minutes).with(priority));
            }
            case 2 -> {
                var gang = whole(1 + random.nextInt(2), Mode.EXCLUSIVE, milliCpus, memory);
                yield demand(
                        id,
                        owner,
                        Kind.JOB,
                        gang,
                        1 + random.nextInt(3),
                        Terms.job(minutes).with(priority));
            }
            case 3 -> {
                var stuck = whole(1, Mode.EXCLUSIVE, milliCpus, memory);
                yield demand(id, owner, Kind.SHELL, stuck, 1, Terms.NOTEBOOK.unsuspendable());
            }
            default -> {
                var job = whole(1 + random.nextInt(4), Mode.EXCLUSIVE, milliCpus, memory);
                var wall = random.nextBoolean() ? minutes : null;
                yield demand(id, owner, Kind.JOB, job, 1, Terms.job(wall).with(priority));
            }
        };
    }

    private static Needs whole(int cards, Mode mode, int milliCpus, long memory) {
        return Needs.of(new Gpus.Whole(cards), mode).withHost(milliCpus, memory, 0);
    }

    private Demand demand(String id, Owner owner, Kind kind, Needs needs, int ranks, Terms terms) {
        return new Demand(id, owner, kind, needs, ranks, terms, now);
    }

    void arrive(int count) {
        for (int i = 0; i < count; i++) {
            var demand = demand();
            waiting.put(demand.id(), Waiting.fresh(demand));
        }
    }

    Snapshot snapshot() {
        return new Snapshot(nodes, List.copyOf(leases.values()), List.copyOf(waiting.values()), accounts);
    }

    /// Carries out what was decided. Who is suspended or evicted waits again.
    void carryOut(List<Decision> decisions) {
        for (var decision : decisions) {
            switch (decision) {
                case Decision.Grant(var id, var placement, var _, var _) -> {
                    var demand = waiting(id).demand();
                    waiting.remove(id);
                    var parked = leases.get(id);
                    leases.put(
                            id,
                            parked == null ? Lease.granted(demand, placement, now) : parked.resumed(placement, now));
                }
                case Decision.Wait wait ->
                    waiting.put(wait.id(), waiting(wait.id()).after(wait));
                case Decision.Never(var id, var _, var _) -> waiting.remove(id);
                case Decision.Suspend(var id, var _, var _) -> {
                    boolean idle = lease(id).state() == Lease.State.IDLE;
                    leases.put(id, lease(id).parked(now));
                    waiting.put(id, Waiting.parked(lease(id), idle, now));
                }
                case Decision.Evict(var id, var _, var _) -> {
                    waiting.put(id, Waiting.fresh(lease(id).demand()));
                    leases.remove(id);
                }
                case Decision.Warn(var id, var _, var _, var _) ->
                    leases.put(id, lease(id).warnedAt(now));
            }
        }
    }

    private Waiting waiting(String id) {
        return requireNonNull(waiting.get(id), id);
    }

    private Lease lease(String id) {
        return requireNonNull(leases.get(id), id);
    }

    /// Time passes; who has an end ends, some others do, some fall idle and some wake up. Who is parked stays so.
    void pass(Duration time, double endsByItself) {
        now = now.plus(time);
        leases.values().removeIf(lease -> {
            if (waiting.containsKey(lease.id())) return false;
            var ends = lease.ends();
            return ends != null ? !ends.isAfter(now) : random.nextDouble() < endsByItself;
        });
        leases.replaceAll((id, lease) -> switch (waiting.containsKey(id) ? 9 : random.nextInt(4)) {
            case 0 -> lease.state() == Lease.State.BUSY ? lease.in(Lease.State.IDLE, now) : lease;
            case 1 -> lease.state() == Lease.State.IDLE ? lease.in(Lease.State.BUSY, now) : lease;
            default -> lease;
        });
    }

    /// What is wrong with what is held now; empty if nothing is.
    List<String> overcommitted() {
        var wrong = new ArrayList<String>();
        var milli = new HashMap<String, Integer>();
        var bytes = new HashMap<String, Long>();
        var modes = new HashMap<String, Mode>();
        var cpus = new HashMap<String, Long>();
        var memory = new HashMap<String, Long>();
        for (var lease : leases.values()) {
            var own = new HashSet<String>();
            for (var part : lease.placement().parts()) {
                cpus.merge(part.node(), (long) part.milliCpus(), Long::sum);
                memory.merge(part.node(), part.memory(), Long::sum);
                for (var share : part.shares()) {
                    milli.merge(share.card(), share.milli(), Integer::sum);
                    bytes.merge(share.card(), share.bytes(), Long::sum);
                    if (!own.add(share.card())) wrong.add(lease.id() + " has " + share.card() + " twice");
                    var mode = modes.putIfAbsent(share.card(), lease.placement().mode());
                    if (mode != null && mode != lease.placement().mode()) wrong.add(share.card() + " in two modes");
                }
            }
        }
        for (var node : nodes) {
            if (cpus.getOrDefault(node.name(), 0L) > node.milliCpus()) wrong.add(node.name() + ": too many CPUs");
            if (memory.getOrDefault(node.name(), 0L) > node.memory()) wrong.add(node.name() + ": too much memory");
            for (var card : node.cards()) {
                var mode = modes.getOrDefault(card.id(), card.mode());
                if (!card.may(mode)) wrong.add(card.id() + " cannot be in mode " + mode);
                if (milli.getOrDefault(card.id(), 0) > card.capacity(mode))
                    wrong.add(card.id() + ": let out too often");
                boolean alone = mode != Mode.SWAP;
                if (alone && bytes.getOrDefault(card.id(), 0L) > card.bytes())
                    wrong.add(card.id() + ": too much memory");
            }
        }
        return wrong;
    }

    long milliOf(String team) {
        return leases.values().stream()
                .filter(lease -> lease.demand().owner().team().equals(team))
                .mapToLong(lease -> lease.placement().amounts().milliGpus())
                .sum();
    }
}

package sluice.scheduling.queue;

import static sluice.scheduling.Pools.GB;
import static sluice.scheduling.Pools.NOON;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import sluice.scheduling.Account;
import sluice.scheduling.Card;
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
import sluice.scheduling.Snapshot;
import sluice.scheduling.Snapshot.Waiting;
import sluice.scheduling.Terms;
import sluice.scheduling.Terms.Priority;

/// How long a cycle takes: 1,000 cards in 125 nodes of 8, 20,000 demands of 20 teams with 20 people each
/// waiting. Run
/// `CycleBench [cards] [pending] [cycles]`; it prints milliseconds a cycle, over cycles in which leases end,
/// demands arrive and decisions are carried out.
public final class CycleBench {
    private static final int WARM_UP = 60;

    private final RandomGenerator random = new SplittableRandom(7);
    private final List<Node> nodes = new ArrayList<>();
    private final List<Account> accounts = new ArrayList<>();
    private final Map<String, Lease> leases = new LinkedHashMap<>();
    private final Map<String, Waiting> waiting = new LinkedHashMap<>();
    private final Map<String, Integer> kinds = new TreeMap<>();
    private final int pending;
    private Instant now = NOON;
    private int ids;

    private CycleBench(int cards, int pending) {
        this.pending = pending;
        for (int i = 0; i < cards / 8; i++) nodes.add(node(i));
        for (int team = 0; team < 20; team++) {
            accounts.add(Account.of("t" + team)
                    .with(Limits.gpus(cards / 4.0))
                    .deserving(cards * 1000L / 25)
                    .havingUsed(random.nextDouble() * cards / 10));
            for (int user = 0; user < 20; user++) {
                accounts.add(Account.of("t" + team + "/u" + user).havingUsed(random.nextDouble() * 5));
            }
        }
    }

    /// A fifth of the nodes for notebooks, a tenth for parts of cards, the others for training.
    private static Node node(int i) {
        var name = "n%03d".formatted(i);
        var mode = i % 10 < 2 ? Mode.SWAP : i % 10 == 2 ? Mode.SLICE : Mode.EXCLUSIVE;
        var cards = new ArrayList<Card>();
        for (int card = 0; card < 8; card++) {
            cards.add(new Card(
                    name + "/" + card,
                    i % 2 == 0 ? "H100" : "A100",
                    80 * GB,
                    mode,
                    EnumSet.of(mode),
                    4,
                    Card.Health.OK,
                    name));
        }
        return new Node(name, 128_000, 2048 * GB, 8192 * GB, true, cards);
    }

    private Demand demand() {
        var owner = new Owner("t" + random.nextInt(20), "u" + random.nextInt(20));
        var id = "d-" + ids++;
        var wall = Duration.ofSeconds((long) (1800 * Math.exp(1.5 * random.nextGaussian())) + 60);
        var priority = random.nextInt(10) == 0 ? Priority.SPOT : Priority.NORMAL;
        int which = random.nextInt(100);
        if (which < 15) return demand(id, owner, Kind.KERNEL, whole(1, Mode.SWAP), 1, Terms.NOTEBOOK);
        if (which < 35) {
            var part = Needs.of(new Gpus.Fraction(List.of(250, 400, 500, 800).get(random.nextInt(4))), Mode.SLICE);
            return demand(id, owner, Kind.JOB, part.withHost(2000, 16 * GB, 0), 1, Terms.job(wall));
        }
        if (which < 92) {
            int cards = List.of(1, 1, 1, 2, 4, 8).get(random.nextInt(6));
            return demand(
                    id,
                    owner,
                    Kind.JOB,
                    whole(cards, Mode.EXCLUSIVE),
                    1,
                    Terms.job(wall).with(priority));
        }
        int ranks = List.of(2, 4, 8).get(random.nextInt(3));
        return demand(id, owner, Kind.JOB, whole(8, Mode.EXCLUSIVE), ranks, Terms.job(wall));
    }

    private Needs whole(int cards, Mode mode) {
        var needs = Needs.of(new Gpus.Whole(cards), mode).withHost(cards * 4000, cards * 32 * GB, 0);
        return random.nextInt(3) == 0 ? needs.onModel(random.nextBoolean() ? "H100" : "A100") : needs;
    }

    private Demand demand(String id, Owner owner, Kind kind, Needs needs, int ranks, Terms terms) {
        return new Demand(id, owner, kind, needs, ranks, terms, now.minusSeconds(random.nextInt(100_000)));
    }

    private void refill() {
        while (waiting.size() < pending) {
            var demand = demand();
            waiting.put(demand.id(), Waiting.fresh(demand));
        }
    }

    private void carryOut(List<Decision> decisions) {
        for (var decision : decisions) {
            kinds.merge(decision.getClass().getSimpleName(), 1, Integer::sum);
            switch (decision) {
                case Decision.Grant(var id, var placement, var _, var _) -> {
                    var known = waiting.remove(id);
                    if (known != null) leases.put(id, Lease.granted(known.demand(), placement, now));
                }
                case Decision.Wait wait -> waiting.computeIfPresent(wait.id(), (_, known) -> known.after(wait));
                case Decision.Never(var id, var _, var _) -> waiting.remove(id);
                case Decision.Suspend(var id, var _, var _) -> leases.remove(id);
                case Decision.Evict(var id, var _, var _) -> leases.remove(id);
                case Decision.Warn _ -> {}
            }
        }
    }

    private void pass() {
        now = now.plusSeconds(20);
        leases.values().removeIf(lease -> lease.ends() != null ? !lease.ends().isAfter(now) : random.nextInt(500) == 0);
        leases.replaceAll((_, lease) -> switch (random.nextInt(20)) {
            case 0 -> lease.demand().kind() == Kind.KERNEL ? lease.in(Lease.State.IDLE, now) : lease;
            case 1 -> lease.in(Lease.State.BUSY, now);
            default -> lease;
        });
    }

    private double[] run(int cycles) {
        var times = new double[cycles];
        for (int cycle = -WARM_UP; cycle < cycles; cycle++) {
            if (cycle == 0) kinds.clear();
            refill();
            var snapshot = new Snapshot(nodes, List.copyOf(leases.values()), List.copyOf(waiting.values()), accounts);
            long start = System.nanoTime();
            var decisions = new Scheduler(Policy.USUAL).decide(snapshot, now);
            double took = (System.nanoTime() - start) / 1e6;
            if (cycle == -WARM_UP) System.out.printf("first cycle, cold, on an empty pool: %.0f ms%n", took);
            if (cycle >= 0) times[cycle] = took;
            carryOut(decisions);
            pass();
        }
        return times;
    }

    public static void main(String[] arguments) {
        int cards = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1000;
        int pending = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20_000;
        int cycles = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 300;
        var bench = new CycleBench(cards, pending);
        var times = bench.run(cycles);
        Arrays.sort(times);
        System.out.printf(
                "%d cards, %d pending, %d leases, %d cycles after %d: p50 %.1f ms, p99 %.1f ms, max %.1f ms; decisions %s%n",
                cards,
                pending,
                bench.leases.size(),
                cycles,
                WARM_UP,
                times[cycles / 2],
                times[(int) Math.ceil(0.99 * cycles) - 1],
                times[cycles - 1],
                bench.kinds);
    }
}

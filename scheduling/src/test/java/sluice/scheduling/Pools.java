package sluice.scheduling;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import sluice.scheduling.Demand.Kind;
import sluice.scheduling.Snapshot.Waiting;

/// Pools and demands for tests, with the everyday choices made.
public final class Pools {
    public static final long GB = 1L << 30;
    public static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    public static final Owner ADA = new Owner("vision", "ada");
    public static final Owner BEN = new Owner("vision", "ben");
    public static final Owner EVE = new Owner("speech", "eve");

    private Pools() {}

    /// A node with cards of 80 GB, all on one NVLink island; 64 cores, 512 GB, 4 TB.
    public static Node node(String name, int cards, Mode mode) {
        return node(name, cards, mode, cards);
    }

    /// @param island cards that share an island
    public static Node node(String name, int cards, Mode mode, int island) {
        var all = new ArrayList<Card>();
        for (int i = 0; i < cards; i++) all.add(card(name + "/" + i, mode, name + "/island" + i / island));
        return new Node(name, 64_000, 512 * GB, 4096 * GB, true, all);
    }

    public static Card card(String id, Mode mode, String island) {
        return new Card(id, "H100", 80 * GB, mode, EnumSet.of(mode), mode == Mode.SWAP ? 4 : 1, Card.Health.OK, island);
    }

    public static Node with(Node node, Card... cards) {
        return new Node(node.name(), node.milliCpus(), node.memory(), node.disk(), node.takes(), Arrays.asList(cards));
    }

    /// A requeueable job on whole cards.
    public static Demand job(String id, Owner owner, int cards, Duration wall) {
        return job(id, owner, cards, 1, wall);
    }

    public static Demand job(String id, Owner owner, int cards, int ranks, Duration wall) {
        var needs = Needs.of(new Gpus.Whole(cards), Mode.EXCLUSIVE);
        return new Demand(id, owner, Kind.JOB, needs, ranks, Terms.job(wall), NOON);
    }

    /// A notebook that wants a whole card in a mode.
    public static Demand notebook(String id, Owner owner, Mode mode) {
        return new Demand(id, owner, Kind.KERNEL, Needs.of(new Gpus.Whole(1), mode), 1, Terms.NOTEBOOK, NOON);
    }

    public static Demand slice(String id, Owner owner, int milli, Duration wall) {
        var needs = Needs.of(new Gpus.Fraction(milli), Mode.SLICE);
        return new Demand(id, owner, Kind.JOB, needs, 1, Terms.job(wall), NOON);
    }

    public static Demand at(Demand demand, Instant submitted) {
        return new Demand(
                demand.id(), demand.owner(), demand.kind(), demand.needs(), demand.ranks(), demand.terms(), submitted);
    }

    public static Demand on(Demand demand, Terms terms) {
        return new Demand(
                demand.id(), demand.owner(), demand.kind(), demand.needs(), demand.ranks(), terms, demand.submitted());
    }

    public static Demand needing(Demand demand, Needs needs) {
        return new Demand(
                demand.id(), demand.owner(), demand.kind(), needs, demand.ranks(), demand.terms(), demand.submitted());
    }

    /// A lease on whole cards of one node.
    public static Lease lease(Demand demand, Instant since, String node, String... cards) {
        var shares = Arrays.stream(cards)
                .map(card -> new Placement.Share(
                        card,
                        demand.needs().gpus().milliOf(80 * GB),
                        demand.needs().gpus().bytesOf(80 * GB)))
                .toList();
        var needs = demand.needs();
        var part = new Placement.Part(node, shares, needs.milliCpus(), needs.memory(), needs.disk());
        return Lease.granted(demand, new Placement(needs.mode(), List.of(part)), since);
    }

    public static Snapshot snapshot(List<Node> nodes, List<Lease> leases, Demand... waiting) {
        return new Snapshot(
                nodes, leases, Arrays.stream(waiting).map(Waiting::fresh).toList(), List.of());
    }

    public static Snapshot with(Snapshot snapshot, Account... accounts) {
        return new Snapshot(snapshot.nodes(), snapshot.leases(), snapshot.waiting(), Arrays.asList(accounts));
    }
}

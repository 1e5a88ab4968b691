package sluice.gateway.fleet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import sluice.metrics.CardNow;
import sluice.metrics.Snapshot;
import sluice.metrics.gpu.Gpu;
import sluice.scheduling.Card;
import sluice.scheduling.Mode;
import sluice.scheduling.Node;

/// What nodes have to give, as the scheduler wants to know it. A node that is away keeps what it had, and takes nobody;
/// a
/// card that has stopped to answer is lost, not forgotten.
public final class Capacity {
    /// No node says how much room its disks have for sessions: homes have limits of their own.
    private static final long ANY_DISK = 1L << 50;

    private static final Set<Mode> MODES = Set.of(Mode.SWAP, Mode.EXCLUSIVE);

    /// From the beginning of the program: a driver that has not answered by then is not waited for.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration TRY_EVERY = Duration.ofMillis(100);

    private final Snapshots snapshots;
    private final long begun = System.nanoTime();

    /// Guarded by this.
    private final Map<String, Seen> nodes = new LinkedHashMap<>();

    private record Seen(long cpus, long memory, List<CardNow> cards, boolean here, boolean looked) {}

    public Capacity(Snapshots snapshots) {
        this.snapshots = snapshots;
    }

    /// Looks at all nodes anew.
    public void look() throws InterruptedException {
        take(snapshots.latest());
    }

    /// The same for somebody who can wait for a node that is being started, and for what it finds there.
    /// @param cards whether they want to know of cards: a node looks at these a moment after it has come
    /// @throws Nodes.NodeAway no node came
    public void await(boolean cards) throws InterruptedException {
        look();
        if (!open()) take(snapshots.awaited());
        while (cards && !known() && System.nanoTime() - begun < PATIENCE.toNanos()) {
            Thread.sleep(TRY_EVERY);
            take(snapshots.awaited());
        }
    }

    private void take(List<Snapshot> latest) {
        synchronized (this) {
            var here = latest.stream().map(Snapshot::hostname).toList();
            nodes.replaceAll((name, seen) -> here.contains(name) ? seen : away(seen));
            for (var node : latest) nodes.merge(node.hostname(), seen(node), Capacity::later);
        }
    }

    private static Seen seen(Snapshot node) {
        var host = node.host();
        return new Seen(
                host.map(sample -> sample.cpus() * 1000L).orElse(0L),
                host.flatMap(sample -> sample.memory())
                        .map(memory -> memory.total())
                        .orElse(0L),
                node.cards().map(Snapshot.Cards::cards).orElse(List.of()),
                true,
                host.isPresent() && node.cards().isPresent());
    }

    private static Seen away(Seen seen) {
        return new Seen(seen.cpus, seen.memory, seen.cards, false, seen.looked);
    }

    /// A driver that answers nothing any more takes its cards out of the list; here they stay, lost.
    private static Seen later(Seen before, Seen now) {
        var cards = new LinkedHashMap<String, CardNow>();
        for (var card : before.cards) cards.put(card.sample().gpu().uuid(), lost(card));
        for (var card : now.cards) cards.put(card.sample().gpu().uuid(), card);
        return new Seen(
                now.cpus == 0 ? before.cpus : now.cpus,
                now.memory == 0 ? before.memory : now.memory,
                List.copyOf(cards.values()),
                true,
                before.looked || now.looked);
    }

    private static CardNow lost(CardNow card) {
        return new CardNow(card.sample(), card.errors(), sluice.metrics.gpu.Health.LOST, List.of());
    }

    /// Whether every node that is here has told what it has.
    private synchronized boolean known() {
        return nodes.values().stream().anyMatch(Seen::here)
                && nodes.values().stream().filter(Seen::here).allMatch(Seen::looked);
    }

    /// Whether a node is here that takes somebody.
    public synchronized boolean open() {
        return nodes.values().stream().anyMatch(Seen::here);
    }

    /// Every node that was ever here.
    public synchronized List<String> names() {
        return List.copyOf(nodes.keySet());
    }

    /// Every card that was ever seen here.
    public synchronized List<Gpu> cards() {
        return nodes.values().stream()
                .flatMap(node -> node.cards().stream())
                .map(card -> card.sample().gpu())
                .toList();
    }

    /// @param modes what mode each card is held in; one that nobody holds is in mode swap
    public synchronized List<Node> nodes(Function<String, Mode> modes) {
        var all = new ArrayList<Node>();
        nodes.forEach((name, seen) -> {
            var islands = islands(seen.cards);
            var cards = seen.cards.stream()
                    .map(card -> card(card, modes.apply(card.sample().gpu().uuid()), islands))
                    .toList();
            all.add(new Node(name, seen.cpus, seen.memory, ANY_DISK, seen.here, cards));
        });
        return all;
    }

    private static Card card(CardNow card, Mode mode, Map<String, String> islands) {
        var gpu = card.sample().gpu();
        return new Card(
                gpu.uuid(),
                CardModel.of(gpu.model()),
                Math.max(1, gpu.memoryBytes()),
                mode,
                MODES,
                1,
                health(card.health()),
                islands.getOrDefault(gpu.uuid(), gpu.uuid()));
    }

    private static Card.Health health(sluice.metrics.gpu.Health health) {
        return switch (health) {
            case OK -> Card.Health.OK;
            case DRAIN -> Card.Health.CORDONED;
            case FAILED, LOST -> Card.Health.LOST;
        };
    }

    /// Cards that reach each other by NVLink have the same island, named after the first of them.
    private static Map<String, String> islands(List<CardNow> cards) {
        var islands = new HashMap<String, String>();
        for (var card : cards) {
            var gpu = card.sample().gpu();
            var island = islands.computeIfAbsent(gpu.uuid(), uuid -> uuid);
            for (var link : gpu.links()) {
                if (link.nvlinks() == 0) continue;
                var other = islands.putIfAbsent(link.peer(), island);
                if (other != null && !other.equals(island))
                    islands.replaceAll((_, of) -> of.equals(other) ? island : of);
            }
        }
        return islands;
    }
}

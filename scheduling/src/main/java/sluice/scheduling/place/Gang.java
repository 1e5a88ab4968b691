package sluice.scheduling.place;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Placement;
import sluice.scheduling.Placement.Part;

/// Places ranks that want whole cards: all of them or none. First into as few NVLink islands as can be, in each
/// into as few nodes; what fits no island goes to nodes whose islands have enough cards only together.
///
/// Taking the largest first never strands a rank, for each takes the same number of cards wherever it goes,
/// and the number of ranks that a node holds does not depend on which of them came through which island.
final class Gang {
    private final Placer.Search search;
    private final int cardsEach;

    /// Cards that can be had, by node and there by island; each removed when a rank takes it.
    private final Map<FreeNode, Map<String, List<FreeCard>>> free = new LinkedHashMap<>();

    /// How many more ranks a node's cores, memory and disk suffice for.
    private final Map<FreeNode, Integer> hosts = new LinkedHashMap<>();

    Gang(Placer.Search search, int cardsEach) {
        this.search = search;
        this.cardsEach = cardsEach;
        for (var node : search.nodes()) {
            if (!search.node(node)) continue;
            var islands = islands(node);
            if (islands.isEmpty()) continue;
            free.put(node, islands);
            hosts.put(node, search.ranks(node, node.cards.size()));
        }
    }

    private Map<String, List<FreeCard>> islands(FreeNode node) {
        Map<String, List<FreeCard>> islands = new TreeMap<>();
        int all = 0;
        for (var card : node.cards) {
            if (!search.card(card)) continue;
            islands.computeIfAbsent(card.card.island(), _ -> new ArrayList<>()).add(card);
            all++;
        }
        if (all < cardsEach) return Map.of();
        var order = Comparator.comparing(FreeCard::suspect)
                .thenComparing(card -> card.changesMode(search.needs().mode()))
                .thenComparing(FreeCard::holders);
        islands.values().forEach(cards -> cards.sort(order));
        return islands;
    }

    Optional<Placement> place(int ranks) {
        var parts = new ArrayList<Part>();
        if (ranks == 1) {
            var node = forOne();
            if (node != null) parts.add(rank(node, null));
        } else {
            acrossIslands(ranks, parts);
            acrossNodes(ranks, parts);
        }
        return parts.size() == ranks ? Optional.of(new Placement(search.needs().mode(), parts)) : Optional.empty();
    }

    /// One that has an island with enough, and of these the fullest.
    private @Nullable FreeNode forOne() {
        FreeNode best = null;
        long least = Long.MAX_VALUE;
        for (var node : free.keySet()) {
            if (ranks(node, null) == 0) continue;
            boolean split = largest(node) < cardsEach;
            long cost = (split ? 1L << 40 : 0)
                    + (touchy(node) ? 1L << 20 : 0)
                    + count(free(node).values());
            if (cost < least) {
                best = node;
                least = cost;
            }
        }
        return best;
    }

    /// Whether one would have to take cards that are suspect, or change a mode.
    private boolean touchy(FreeNode node) {
        int good = 0;
        for (var cards : free(node).values()) {
            for (var card : cards) {
                if (!card.suspect() && !card.changesMode(search.needs().mode())) good++;
            }
        }
        return good < cardsEach;
    }

    private void acrossIslands(int ranks, List<Part> parts) {
        while (parts.size() < ranks) {
            var room = new TreeMap<String, Integer>();
            for (var node : free.keySet()) {
                for (var island : free(node).keySet()) room.merge(island, ranks(node, island), Integer::sum);
            }
            var island = choose(room, ranks - parts.size());
            if (island == null) return;
            fill(island, ranks, parts);
        }
    }

    private void acrossNodes(int ranks, List<Part> parts) {
        fill(null, ranks, parts);
    }

    /// Puts ranks into an island's nodes, or into nodes whatever their islands.
    private void fill(@Nullable String island, int ranks, List<Part> parts) {
        while (parts.size() < ranks) {
            var room = new LinkedHashMap<FreeNode, Integer>();
            for (var node : free.keySet()) room.put(node, ranks(node, island));
            var node = choose(room, ranks - parts.size());
            if (node == null) return;
            for (int more = ranks(node, island); more > 0 && parts.size() < ranks; more--)
                parts.add(rank(node, island));
        }
    }

    /// The smallest that has room for all of them; if there is none, the one with the most room.
    private static <T> @Nullable T choose(Map<T, Integer> room, int ranks) {
        T best = null;
        int bestRoom = 0;
        for (var candidate : room.entrySet()) {
            int has = candidate.getValue();
            boolean better = bestRoom >= ranks ? has >= ranks && has < bestRoom : has > bestRoom;
            if (!better) continue;
            best = candidate.getKey();
            bestRoom = has;
        }
        return best;
    }

    private int ranks(FreeNode node, @Nullable String island) {
        var cards = island == null
                ? count(free(node).values())
                : count(List.of(free(node).getOrDefault(island, List.of())));
        return Math.min(hosts.getOrDefault(node, 0), cards / cardsEach);
    }

    private Map<String, List<FreeCard>> free(FreeNode node) {
        return free.getOrDefault(node, Map.of());
    }

    private int largest(FreeNode node) {
        return free(node).values().stream().mapToInt(List::size).max().orElse(0);
    }

    private static int count(Collection<List<FreeCard>> islands) {
        return islands.stream().mapToInt(List::size).sum();
    }

    /// Takes the cards of one rank: from the island, or from the smallest that suffices, or else from the
    /// largest on.
    private Part rank(FreeNode node, @Nullable String island) {
        hosts.merge(node, -1, Integer::sum);
        var islands = free(node);
        var from = island != null ? islands.get(island) : null;
        if (from == null) {
            from = islands.values().stream()
                    .filter(cards -> cards.size() >= cardsEach)
                    .min(Comparator.comparingInt(List::size))
                    .orElse(null);
        }
        var taken = new ArrayList<FreeCard>();
        if (from != null) {
            move(from, taken);
        } else {
            islands.values().stream()
                    .sorted(Comparator.<List<FreeCard>>comparingInt(List::size).reversed())
                    .forEach(cards -> move(cards, taken));
        }
        return Placer.part(search.needs(), node, taken);
    }

    private void move(List<FreeCard> from, List<FreeCard> taken) {
        while (taken.size() < cardsEach && !from.isEmpty()) taken.add(from.removeFirst());
    }
}

package sluice.scheduling.queue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Amounts;
import sluice.scheduling.Needs;
import sluice.scheduling.Node;
import sluice.scheduling.Snapshot.Waiting;
import sluice.scheduling.place.Fragmentation;

/// How much memory the pool's cards have, by model: what a demand takes depends on the card it gets.
final class CardSizes {
    private static final String ANY = "";

    private final Map<String, Long> smallest = new HashMap<>();
    private final Map<String, Long> largest = new HashMap<>();

    CardSizes(List<Node> nodes) {
        for (var node : nodes) {
            for (var card : node.cards()) {
                for (var model : List.of(card.model(), ANY)) {
                    smallest.merge(model, card.bytes(), Math::min);
                    largest.merge(model, card.bytes(), Math::max);
                }
            }
        }
    }

    /// The least that it can come to, wherever it is placed. A parked session is counted as a session already.
    Amounts atLeast(Waiting waiting) {
        var shape = waiting.shape();
        var needs = shape.needs();
        var onSmall = needs.amounts(shape.ranks(), of(smallest, needs.model()));
        var onLarge = needs.amounts(shape.ranks(), of(largest, needs.model()));
        return new Amounts(
                Math.min(onSmall.milliGpus(), onLarge.milliGpus()),
                Math.min(onSmall.gpuBytes(), onLarge.gpuBytes()),
                onSmall.milliCpus(),
                onSmall.memory(),
                onSmall.disk(),
                waiting.resumes() ? 0 : 1);
    }

    long milliGpus(Waiting waiting) {
        return (long) waiting.demand().cards() * milliEach(waiting.demand().needs());
    }

    int milliEach(Needs needs) {
        return needs.gpus().milliOf(of(largest, needs.model()));
    }

    /// What people ask for of a card, which says how much of a card's rest is of any use.
    Fragmentation asked(List<Waiting> waiting) {
        var counts = new HashMap<Integer, Integer>();
        for (var each : waiting) {
            counts.merge(milliEach(each.demand().needs()), each.demand().ranks(), Integer::sum);
        }
        return new Fragmentation(counts);
    }

    private static long of(Map<String, Long> sizes, @Nullable String model) {
        return sizes.getOrDefault(model == null ? ANY : model, 1L);
    }
}

package sluice.metrics;

import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/// What befell a card since the node started.
///
/// @param lastXid the latest numbered error
/// @param xids how often each came
/// @param open those that count against the card's health: the ones since it was last reset
/// @param faults errors without a number
public record CardErrors(OptionalInt lastXid, Map<Integer, Long> xids, Set<Integer> open, long faults) {
    static final CardErrors NONE = new CardErrors(OptionalInt.empty(), Map.of(), Set.of(), 0);

    public CardErrors {
        xids = Map.copyOf(xids);
        open = Set.copyOf(open);
    }
}

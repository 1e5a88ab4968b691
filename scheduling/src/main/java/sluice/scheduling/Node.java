package sluice.scheduling;

import java.util.List;

/// A machine, with what of it sessions may have (all of it, whoever holds it now).
/// @param milliCpus thousandths of a core
/// @param memory bytes
/// @param disk bytes
/// @param takes false while it is drained or away: who runs there stays, nobody comes
public record Node(String name, long milliCpus, long memory, long disk, boolean takes, List<Card> cards) {
    public Node {
        if (name.isBlank()) throw new IllegalArgumentException("A node needs a name");
        if (milliCpus < 0 || memory < 0 || disk < 0)
            throw new IllegalArgumentException("Node %s cannot have less than nothing".formatted(name));
        cards = List.copyOf(cards);
    }
}

package sluice.scheduling.place;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Card;
import sluice.scheduling.Mode;
import sluice.scheduling.Needs;
import sluice.scheduling.Node;
import sluice.scheduling.Placement;
import sluice.scheduling.Placement.Part;

/// What is free, during one cycle. Taking and giving are each other's inverse, so a thing is tried by doing it
/// and undone by its opposite: no copies.
public final class Board {
    /// By name, so that equal snapshots are walked alike.
    final List<FreeNode> nodes = new ArrayList<>();

    private final Map<String, FreeNode> byName = new HashMap<>();
    private final Map<String, FreeCard> cards = new HashMap<>();

    public Board(List<Node> nodes) {
        nodes.stream()
                .sorted(Comparator.comparing(Node::name))
                .map(FreeNode::new)
                .forEach(this.nodes::add);
        for (var node : this.nodes) {
            if (byName.put(node.node.name(), node) != null)
                throw new IllegalArgumentException("Two nodes are called " + node.node.name());
            for (var card : node.cards) {
                if (cards.put(card.card.id(), card) != null)
                    throw new IllegalArgumentException("Two cards have the id " + card.card.id());
            }
        }
    }

    /// Takes what a placement names. Nodes and cards that are gone are passed over: who ran there has nothing
    /// here.
    public void take(Placement placement) {
        for (var part : placement.parts()) take(placement.mode(), part);
    }

    public void give(Placement placement) {
        for (var part : placement.parts()) give(part);
    }

    void take(Mode mode, Part part) {
        var node = byName.get(part.node());
        if (node != null) node.take(part);
        for (var share : part.shares()) {
            var card = cards.get(share.card());
            if (card != null) card.take(mode, share.milli(), share.bytes());
        }
    }

    void give(Part part) {
        var node = byName.get(part.node());
        if (node != null) node.give(part);
        for (var share : part.shares()) {
            var card = cards.get(share.card());
            if (card != null) card.give(share.milli(), share.bytes());
        }
    }

    /// Keeps the cards of a placement for somebody; others may use them until a moment.
    /// @param hosts keep the nodes' cores, memory and disk as well
    public void hold(Placement placement, String holder, Instant until, boolean hosts) {
        var hold = new Hold(holder, until);
        for (var part : placement.parts()) {
            var node = byName.get(part.node());
            if (node != null && hosts) node.hold = hold;
            for (var share : part.shares()) {
                var card = cards.get(share.card());
                if (card != null) card.hold = hold;
            }
        }
    }

    /// Somebody is moving out of it: it is free in a moment, and not yet.
    public void comes(Placement freed) {
        for (var part : freed.parts()) {
            var node = byName.get(part.node());
            boolean host = part.milliCpus() > 0 || part.memory() > 0 || part.disk() > 0;
            if (node != null && host) node.hold = Hold.COMING;
            for (var share : part.shares()) {
                var card = cards.get(share.card());
                if (card != null) card.hold = Hold.COMING;
            }
        }
    }

    public List<String> nodes() {
        return nodes.stream().map(node -> node.node.name()).toList();
    }

    List<FreeNode> named(String name) {
        var node = byName.get(name);
        return node == null ? List.of() : List.of(node);
    }

    /// How the cards that would do stand.
    /// @param home count this node only; null for all
    public Shortage shortage(Needs needs, @Nullable String home) {
        int suiting = 0;
        int fitting = 0;
        String holder = null;
        for (var node : nodes) {
            if (!node.node.takes() || home != null && !home.equals(node.node.name())) continue;
            for (var card : node.cards) {
                if (!card.suits(needs.model(), needs.mode())) continue;
                suiting++;
                var hold = card.hold != null ? card.hold : node.hold;
                if (!card.fits(needs.gpus(), needs.mode()) || hold == Hold.COMING) continue;
                fitting++;
                if (hold != null && holder == null) holder = hold.holder();
            }
        }
        return new Shortage(suiting, suiting - fitting, holder);
    }

    /// The part of the free thousandths that is of no use to what people ask for (metric
    /// `sluice_scheduler_fragmentation_ratio`).
    public double fragmentation(Fragmentation sizes) {
        double wasted = 0;
        double free = 0;
        for (var node : nodes) {
            if (!node.node.takes()) continue;
            for (var card : node.cards) {
                if (card.card.health() == Card.Health.LOST) continue;
                int left = Math.min(1000, card.free(card.card.mode()));
                wasted += sizes.wasted(left);
                free += left;
            }
        }
        return free == 0 ? 0 : wasted / free;
    }
}

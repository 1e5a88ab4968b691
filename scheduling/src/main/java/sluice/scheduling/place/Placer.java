package sluice.scheduling.place;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Demand.Shape;
import sluice.scheduling.Gpus;
import sluice.scheduling.Mode;
import sluice.scheduling.Needs;
import sluice.scheduling.Placement;
import sluice.scheduling.Placement.Part;
import sluice.scheduling.Placement.Share;

/// Chooses a place on the board, and leaves the board as it was.
///
/// - parts of a card: where they spoil least of what is left ([Fragmentation]);
/// - seats in mode swap: on the card with the fewest others, who would have to be waited for;
/// - whole cards: on the fullest node that has them, within one NVLink island where that can be;
/// - gangs: over the fewest islands, then the fewest nodes ([Gang]);
/// - no card at all: on the node with the fewest cards, so that cards are not left without cores.
public final class Placer {
    private static final double SUSPECT = 1e6;
    private static final double CHANGES_MODE = 1e5;
    private static final double NEIGHBOUR = 1e3;

    private final Board board;
    private final Fragmentation sizes;

    public Placer(Board board, Fragmentation sizes) {
        this.board = board;
        this.sizes = sizes;
    }

    /// @param ends when it will have given everything back: room that is kept for somebody later can be used
    /// until then; null where nobody knows
    public Optional<Placement> place(Shape shape, @Nullable Instant ends) {
        return place(shape, new Search(shape.needs(), ends, false, false, board.nodes));
    }

    /// As if nothing were kept for anybody.
    public Optional<Placement> placeAnyway(Shape shape) {
        return place(shape, new Search(shape.needs(), Instant.MIN, false, true, board.nodes));
    }

    /// As if every node had cores, memory and disk enough.
    public boolean cardsSuffice(Shape shape) {
        return place(shape, new Search(shape.needs(), null, true, false, board.nodes))
                .isPresent();
    }

    /// What can be waited for: room counts that somebody is still moving out of.
    /// @param node this one only; null for all
    public Optional<Placement> claim(@Nullable String node, Shape shape) {
        var nodes = node == null ? board.nodes : board.named(node);
        return place(shape, new Search(shape.needs(), null, false, true, nodes));
    }

    /// On this node only.
    public Optional<Placement> placeOn(String node, Shape shape, @Nullable Instant ends) {
        return place(shape, new Search(shape.needs(), ends, false, false, board.named(node)));
    }

    /// @param ends [Instant#MIN] passes every hold
    /// @param anyHost do not look at cores, memory and disk
    /// @param claims room counts that somebody is still moving out of
    record Search(Needs needs, @Nullable Instant ends, boolean anyHost, boolean claims, List<FreeNode> nodes) {
        boolean node(FreeNode node) {
            return open(node.hold) && (anyHost ? node.node.takes() : node.hosts(needs));
        }

        boolean card(FreeCard card) {
            return card.suits(needs.model(), needs.mode()) && open(card.hold) && card.fits(needs.gpus(), needs.mode());
        }

        int ranks(FreeNode node, int most) {
            return anyHost ? most : node.ranks(needs, most);
        }

        private boolean open(@Nullable Hold hold) {
            return hold == null || hold.admits(ends) || claims && hold == Hold.COMING;
        }
    }

    private Optional<Placement> place(Shape shape, Search search) {
        var needs = shape.needs();
        if (needs.gpus() instanceof Gpus.Whole(int count)
                && (count > 1 || shape.ranks() > 1 || needs.mode() != Mode.SWAP)) {
            return new Gang(search, count).place(shape.ranks());
        }
        if (shape.ranks() == 1) return one(search).map(part -> new Placement(needs.mode(), List.of(part)));
        return several(shape.ranks(), search);
    }

    /// Rank after rank, each as if it were alone.
    private Optional<Placement> several(int ranks, Search search) {
        var mode = search.needs.mode();
        var parts = new ArrayList<Part>();
        while (parts.size() < ranks) {
            var part = one(search);
            if (part.isEmpty()) break;
            board.take(mode, part.get());
            parts.add(part.get());
        }
        parts.forEach(board::give);
        return parts.size() == ranks ? Optional.of(new Placement(mode, parts)) : Optional.empty();
    }

    private Optional<Part> one(Search search) {
        return search.needs.gpus() instanceof Gpus.None ? host(search) : card(search);
    }

    private Optional<Part> host(Search search) {
        FreeNode best = null;
        for (var node : search.nodes) {
            if (!search.node(node)) continue;
            if (best == null
                    || node.cards.size() < best.cards.size()
                    || node.cards.size() == best.cards.size() && node.cpusLeft() < best.cpusLeft()) best = node;
        }
        return Optional.ofNullable(best).map(node -> part(search.needs, node, List.of()));
    }

    private Optional<Part> card(Search search) {
        FreeCard best = null;
        double least = Double.POSITIVE_INFINITY;
        for (var node : search.nodes) {
            if (!search.node(node)) continue;
            for (var card : node.cards) {
                if (!search.card(card)) continue;
                double cost = cost(card, search.needs);
                if (best == null || cost < least || cost == least && node.taken > best.node.taken) {
                    best = card;
                    least = cost;
                }
            }
        }
        return Optional.ofNullable(best).map(card -> part(search.needs, card.node, List.of(card)));
    }

    private double cost(FreeCard card, Needs needs) {
        double cost = card.suspect() ? SUSPECT : 0;
        if (card.changesMode(needs.mode())) cost += CHANGES_MODE;
        if (needs.mode() == Mode.SWAP) return cost + NEIGHBOUR * card.holders();
        return cost + sizes.growth(card.free(needs.mode()), needs.gpus().milliOf(card.card.bytes()));
    }

    static Part part(Needs needs, FreeNode node, List<FreeCard> cards) {
        var shares = cards.stream()
                .map(card -> new Share(
                        card.card.id(),
                        needs.gpus().milliOf(card.card.bytes()),
                        needs.gpus().bytesOf(card.card.bytes())))
                .toList();
        return new Part(node.node.name(), shares, needs.milliCpus(), needs.memory(), needs.disk());
    }
}

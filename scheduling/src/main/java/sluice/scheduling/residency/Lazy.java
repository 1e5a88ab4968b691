package sluice.scheduling.residency;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import sluice.scheduling.MoveCost;

/// State stays where it is until somebody else needs the room; then those leave who are least likely to be back
/// soon. One cell runs on a card at a time: whoever finds their card taken moves to another one of the same node.
public final class Lazy implements Residency {
    private final MoveCost cost;

    public Lazy(MoveCost cost) {
        this.cost = cost;
    }

    @Override
    public String name() {
        return "lazy";
    }

    @Override
    public Answer wants(Wish wish, List<Deck> decks, Instant now) {
        Plan best = null;
        boolean away = wish.node() != null;
        String own = null;
        for (var deck : decks) {
            boolean here = deck.find(wish.session()).isPresent();
            if (here && !deck.taken()) return new Answer.Run(deck.card());
            if (here) own = deck.card();
            if (away && !deck.node().equals(wish.node())) continue;
            var plan = plan(wish, deck);
            if (plan.isPresent() && (best == null || ORDER.compare(plan.get(), best) < 0)) best = plan.get();
        }
        if (best == null) return new Answer.Wait(full(wish, decks));
        var out = new ArrayList<String>();
        if (own != null) out.add(wish.session());
        out.addAll(best.out);
        boolean first = !away && out.isEmpty();
        return first ? new Answer.Run(best.deck.card()) : new Answer.Move(best.deck.card(), out);
    }

    private static String full(Wish wish, List<Deck> decks) {
        var node = wish.node();
        long near = decks.stream()
                .filter(deck -> node == null || deck.node().equals(node))
                .count();
        var cards = near == 1 ? "the only card" : "each of the %d cards".formatted(near);
        return "a cell runs on " + cards
                + (node == null ? "" : " of node %s, where this session's state is".formatted(node));
    }

    /// @param seconds until they are out
    private record Plan(Deck deck, List<String> out, double seconds) {}

    /// What takes the least time; then where the fewest others would have to be waited for, and the most room
    /// is left.
    private static final Comparator<Plan> ORDER = Comparator.comparingDouble(Plan::seconds)
            .thenComparing(plan -> plan.deck.homed())
            .thenComparing(plan -> plan.deck.residents().size())
            .thenComparing(plan -> -plan.deck.free())
            .thenComparing(plan -> plan.deck.card());

    private Optional<Plan> plan(Wish wish, Deck deck) {
        if (deck.taken() || wish.bytes() > deck.bytes()) return Optional.empty();
        long missing = wish.bytes() - deck.free();
        if (missing <= 0) return Optional.of(new Plan(deck, List.of(), 0));
        var out = new ArrayList<String>();
        double seconds = 0;
        for (var victim : victims(deck)) {
            if (missing <= 0) break;
            out.add(victim.session());
            missing -= victim.bytes();
            seconds += cost.of(victim.bytes());
        }
        return missing > 0 ? Optional.empty() : Optional.of(new Plan(deck, out, seconds));
    }

    /// Least recently used first: pauses have a heavy tail, so whoever has been away longest stays away longest.
    private static List<Resident> victims(Deck deck) {
        return deck.residents().stream()
                .filter(resident -> !resident.busy() && resident.movable())
                .sorted(Comparator.comparing(Resident::since).thenComparing(Resident::session))
                .toList();
    }

    @Override
    public List<String> leaving(Deck deck, Instant now) {
        return List.of();
    }
}

package sluice.scheduling.residency;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/// A card belongs to a session from its first cell to its end, as where a scheduler hands out whole cards.
public final class Reserve implements Residency {
    @Override
    public String name() {
        return "reserve";
    }

    @Override
    public Answer wants(Wish wish, List<Deck> decks, Instant now) {
        for (var deck : decks) if (deck.find(wish.session()).isPresent()) return new Answer.Run(deck.card());
        return decks.stream()
                .filter(deck -> deck.residents().isEmpty() && !deck.taken() && deck.bytes() >= wish.bytes())
                .min(Comparator.comparing(Deck::card))
                .<Answer>map(deck -> new Answer.Run(deck.card()))
                .orElseGet(() ->
                        new Answer.Wait("every card is reserved, %d of %d".formatted(decks.size(), decks.size())));
    }

    @Override
    public List<String> leaving(Deck deck, Instant now) {
        return List.of();
    }
}

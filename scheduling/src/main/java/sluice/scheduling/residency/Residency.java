package sluice.scheduling.residency;

import java.time.Instant;
import java.util.List;

/// Which sessions' state stays on which card. An implementation keeps nothing between calls.
public interface Residency {
    /// `lazy`, `timer 10 min`, `reserve`
    String name();

    /// Where the session may run.
    /// @param decks all cards that could do, in mode swap and healthy
    Answer wants(Wish wish, List<Deck> decks, Instant now);

    /// Who is moved out although nobody asks for the room.
    List<String> leaving(Deck deck, Instant now);
}

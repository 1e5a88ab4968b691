package sluice.scheduling.residency;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import sluice.scheduling.Words;

/// Like [Lazy], and besides, state leaves its card after some time of idleness whether anybody wants the room
/// or not.
public final class Timer implements Residency {
    private final Lazy lazy;
    private final Duration idle;

    public Timer(Lazy lazy, Duration idle) {
        if (idle.isNegative() || idle.isZero())
            throw new IllegalArgumentException("A timer runs for some time: " + idle);
        this.lazy = lazy;
        this.idle = idle;
    }

    @Override
    public String name() {
        return "timer " + Words.about(idle);
    }

    public Duration idle() {
        return idle;
    }

    @Override
    public Answer wants(Wish wish, List<Deck> decks, Instant now) {
        return lazy.wants(wish, decks, now);
    }

    @Override
    public List<String> leaving(Deck deck, Instant now) {
        return deck.residents().stream()
                .filter(resident -> !resident.busy() && resident.movable())
                .filter(resident -> !resident.since().plus(idle).isAfter(now))
                .map(Resident::session)
                .toList();
    }
}

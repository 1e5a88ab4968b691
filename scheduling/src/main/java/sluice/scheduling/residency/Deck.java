package sluice.scheduling.residency;

import java.util.List;
import java.util.Optional;

/// A card, and whose state lies on it. State that is on its way here counts as here.
/// @param bytes that sessions may have of it
/// @param homed sessions whose state is on its node, on a card or in memory: they cannot leave it, so new ones
/// go where these are fewest
/// @param taken somebody's cell runs on it, or state is being moved for one
public record Deck(String card, String node, long bytes, int homed, boolean taken, List<Resident> residents) {
    public Deck {
        residents = List.copyOf(residents);
    }

    public long free() {
        return bytes - residents.stream().mapToLong(Resident::bytes).sum();
    }

    public Optional<Resident> find(String session) {
        return residents.stream()
                .filter(resident -> resident.session().equals(session))
                .findFirst();
    }
}

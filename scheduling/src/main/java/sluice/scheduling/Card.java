package sluice.scheduling;

import java.util.Set;

/// One GPU as the scheduler sees it.
/// @param id its UUID
/// @param bytes of memory that sessions may have
/// @param mode the mode it is in
/// @param modes those it may be put into while nobody holds any of it
/// @param seats in mode swap, how many whole-card leases it carries; they take turns
/// @param island cards with the same island reach each other by NVLink, also across nodes; a card without any
/// is its own island
public record Card(
        String id, String model, long bytes, Mode mode, Set<Mode> modes, int seats, Health health, String island) {
    public enum Health {
        OK,
        /// It works, but throttles or replays: taken when nothing else is left.
        SUSPECT,
        /// Who is on it finishes; nobody comes.
        CORDONED,
        LOST;

        public boolean takes() {
            return this == OK || this == SUSPECT;
        }
    }

    public Card {
        if (bytes < 1) throw new IllegalArgumentException("Card %s has some memory, not %d bytes".formatted(id, bytes));
        if (seats < 1 || seats > 64)
            throw new IllegalArgumentException("Card %s has 1 to 64 seats, not %d".formatted(id, seats));
        modes = Set.copyOf(modes);
    }

    /// Thousandths of a card that can be let out in a mode.
    public int capacity(Mode in) {
        return in == Mode.SWAP ? 1000 * seats : 1000;
    }

    /// Whether it could be in that mode at all.
    public boolean may(Mode wanted) {
        return mode == wanted || modes.contains(wanted);
    }
}

package sluice.scheduling.simulator;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.residency.Deck;
import sluice.scheduling.residency.Resident;

/// A card while it is simulated.
final class Slot {
    final String id;
    final Machine machine;
    private final long bytes;
    private final Set<Kernel> residents = new LinkedHashSet<>();

    @Nullable
    Kernel running;

    /// Until then some of what is free is still being moved out.
    double clear;

    Slot(String id, Machine machine, long bytes) {
        this.id = id;
        this.machine = machine;
        this.bytes = bytes;
    }

    Set<Kernel> residents() {
        return residents;
    }

    Deck deck() {
        var seen = residents.stream()
                .map(each -> new Resident(each.session(), each.bytes(), each.busy, instant(each.since), true))
                .toList();
        return new Deck(id, machine.name, bytes, machine.homed, running != null, seen);
    }

    /// The simulator counts seconds, the policies are told moments.
    static Instant instant(double seconds) {
        return Instant.EPOCH.plusNanos(Math.round(seconds * 1e9));
    }
}

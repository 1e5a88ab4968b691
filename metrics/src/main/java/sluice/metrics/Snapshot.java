package sluice.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import sluice.metrics.host.HostSample;

/// All that is known of a node at one moment. It does not change, so whoever has it may keep it.
///
/// @param hostname the node's
/// @param cards absent before the first sample, and where the driver has not answered for long
/// @param cardsTook how long the cards' last sample took
/// @param hostTook how long the node's last sample took, sessions included
public record Snapshot(
        String hostname,
        Optional<Cards> cards,
        Optional<HostSample> host,
        List<SessionNow> sessions,
        Duration cardsTook,
        Duration hostTook) {

    public Snapshot {
        sessions = List.copyOf(sessions);
    }

    public record Cards(Instant at, List<CardNow> cards) {
        public Cards {
            cards = List.copyOf(cards);
        }
    }
}

package sluice.scheduling.residency;

import java.time.Instant;

/// A session whose GPU state lies on a card.
/// @param bytes of the card's memory
/// @param busy its cell runs, or is about to
/// @param since when it became busy, or idle
/// @param movable its state can be moved out; false for what the driver refuses to suspend
public record Resident(String session, long bytes, boolean busy, Instant since, boolean movable) {}

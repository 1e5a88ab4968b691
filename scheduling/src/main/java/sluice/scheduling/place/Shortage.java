package sluice.scheduling.place;

import org.jspecify.annotations.Nullable;

/// Why there is no place.
/// @param cards that would do if they were free
/// @param busy those of them that have no room
/// @param holder for whom some of the others are kept, or null
public record Shortage(int cards, int busy, @Nullable String holder) {}

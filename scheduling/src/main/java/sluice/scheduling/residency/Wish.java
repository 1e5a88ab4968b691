package sluice.scheduling.residency;

import org.jspecify.annotations.Nullable;

/// A session wants to run a cell.
/// @param bytes of GPU memory that its state has, or is going to have
/// @param node where its state is, on a card or in host memory: it cannot leave it; null before its first cell
public record Wish(String session, long bytes, @Nullable String node) {}

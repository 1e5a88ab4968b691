package sluice.kernels;

/// A kernel is gone for good.
/// @param busyMillis for how long a cell has run in it, all in all, as far as this node program knows
public record Obituary(String kernel, String reason, long busyMillis) {}

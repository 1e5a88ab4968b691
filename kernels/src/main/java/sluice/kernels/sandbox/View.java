package sluice.kernels.sandbox;

/// Where a process finds its own things; inside a sandbox that is not where the host has them.
/// @param home the owner's home
/// @param room the private folder it shares with the node, see [Room]
public record View(String home, String room) {}

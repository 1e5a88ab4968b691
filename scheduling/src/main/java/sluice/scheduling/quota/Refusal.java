package sluice.scheduling.quota;

/// The limit that stands in the way.
/// @param account whose limit it is
/// @param reason says what may be used, what is used, and what can be done about it
public record Refusal(String account, Limited limit, String reason) {}

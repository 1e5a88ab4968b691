package sluice.gateway.doors.http;

/// How a door words its refusals.
public enum Shape {
    /// `{"message", "reason"}`, as Jupyter's clients show them.
    JUPYTER,
    /// `application/problem+json` (RFC 9457).
    PROBLEM,
    /// A browser's page: who is not signed in is shown where to.
    PAGE
}

package sluice.gateway.people;

/// What a route asks of the person who takes it. What they may do to one particular thing (their kernel, their token)
/// the room that keeps the thing decides.
public enum Right {
    /// Nothing: the route tells no secrets.
    ANYONE,
    /// Signed in; sees and touches what is theirs.
    SIGNED_IN,
    /// Signed in as the user that the path names.
    NAMED_USER,
    /// Runs the pool.
    ADMIN
}

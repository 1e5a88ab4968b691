package sluice.gateway.people;

/// What a user is to the whole pool. Roles inside a team are [TeamRole]s.
public enum Role {
    USER,
    ADMIN
}

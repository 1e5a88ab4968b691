package sluice.gateway.people;

/// What a user is to a team: sees it, works in it, or decides who is in it.
public enum TeamRole {
    VIEWER,
    MEMBER,
    MANAGER
}

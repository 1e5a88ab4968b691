package sluice.gateway.cli;

/// As much of an id as a table has room for; every command takes it.
final class ShortId {
    private static final int LENGTH = 8;

    private ShortId() {}

    static String of(String id) {
        return id.length() > LENGTH ? id.substring(0, LENGTH) : id;
    }
}

package sluice.gateway.config;

/// A setting has a value that it cannot have. Whoever knows where it stood says so.
public final class BadValue extends IllegalArgumentException {
    private final String key;

    /// @param key as the file spells it
    BadValue(String key, String what) {
        super(what);
        this.key = key;
    }

    String key() {
        return key;
    }

    static void check(boolean good, String key, String what) {
        if (!good) throw new BadValue(key, what);
    }
}

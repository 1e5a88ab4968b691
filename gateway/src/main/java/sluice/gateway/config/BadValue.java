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

    /// A variable's name, or the beginning of some followed by `*`.
    static void checkVariable(String name, String key) {
        check(name.matches("[A-Za-z_][A-Za-z0-9_]*\\*?"), key, "\"%s\" is not the name of a variable".formatted(name));
    }

    static void check(boolean good, String key, String what) {
        if (!good) throw new BadValue(key, what);
    }
}

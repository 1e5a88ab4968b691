package sluice.gateway.config;

/// The configuration cannot be used, in words that say where and what to write instead.
public final class BadConfig extends RuntimeException {
    BadConfig(String message) {
        super(message);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}

package sluice.migrations.embedded;

import org.jspecify.annotations.Nullable;

/// The embedded database cannot be had, in words for the user.
public final class DatabaseFailed extends RuntimeException {
    DatabaseFailed(String message) {
        super(message);
    }

    DatabaseFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}

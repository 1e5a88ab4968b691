package sluice.migrations;

/// The schema could not be brought up to date (or back).
public final class MigrationFailed extends RuntimeException {
    MigrationFailed(String message, Throwable cause) {
        super(message, cause);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}

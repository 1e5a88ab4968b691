package sluice.gateway.cli;

/// What was asked for on the command line cannot be done, in words for who asked.
public final class CannotDo extends RuntimeException {
    CannotDo(String message) {
        super(message);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}

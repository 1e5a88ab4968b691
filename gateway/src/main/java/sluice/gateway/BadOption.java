package sluice.gateway;

/// An option on the command line has a value that it cannot have.
final class BadOption extends RuntimeException {
    BadOption(String option, String what) {
        super(option + " " + what);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}

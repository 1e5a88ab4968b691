package sluice.gateway.doors.jupyter;

/// A client's websocket message that is none of the three framings.
final class BadFrame extends Exception {
    BadFrame(String reason) {
        super(reason);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}

package sluice.kernels.line;

/// How dear a message is when the ring is full: the first rank goes first, oldest first.
enum Rank {
    OUTPUT,
    TALK,
    RESULT,
    PROMISE;

    static Rank of(String msgType) {
        return switch (msgType) {
            case "stream", "display_data", "update_display_data" -> OUTPUT;
            case "execute_result", "error" -> RESULT;
            // Without these a client waits for ever.
            case "status", "input_request", "shutdown_reply" -> PROMISE;
            default -> msgType.endsWith("_reply") ? PROMISE : TALK;
        };
    }
}

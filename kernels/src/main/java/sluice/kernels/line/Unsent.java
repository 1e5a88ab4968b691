package sluice.kernels.line;

import java.util.ArrayDeque;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.V1;

/// What clients sent while no kernel was there to take it.
final class Unsent {
    private static final int MOST = 10_000;
    private static final long MOST_BYTES = 16 << 20;

    private final ArrayDeque<Letter> letters = new ArrayDeque<>();
    private long bytes;

    record Letter(ChannelName channel, String msgType, V1 message) {}

    boolean add(ChannelName channel, String msgType, V1 message) {
        int size = message.bytes().length;
        if (letters.size() == MOST || !letters.isEmpty() && bytes + size > MOST_BYTES) return false;
        letters.add(new Letter(channel, msgType, message));
        bytes += size;
        return true;
    }

    void sendTo(Wires wires) {
        for (var letter : letters) wires.send(letter.channel, letter.message);
        clear();
    }

    /// Forgets the requests that were answered in the kernel's stead.
    void forgetExecutions() {
        letters.removeIf(letter -> letter.msgType.equals("execute_request"));
        bytes = letters.stream()
                .mapToLong(letter -> letter.message.bytes().length)
                .sum();
    }

    void clear() {
        letters.clear();
        bytes = 0;
    }
}

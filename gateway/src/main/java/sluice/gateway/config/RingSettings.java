package sluice.gateway.config;

import static sluice.gateway.config.BadValue.check;

import java.time.Duration;

/// What is kept of a kernel's messages for clients that are slow or away.
/// @param bytes per kernel
/// @param keep how long a client that went away may still return and get what it missed
/// @param stallAfter a client that takes nothing for this long no longer slows its kernel down
/// @param window bytes on their way to one websocket before the node waits for it
public record RingSettings(Size bytes, Duration keep, Duration stallAfter, Size window) {
    static final RingSettings DEFAULT =
            new RingSettings(Size.mebibytes(16), Duration.ofHours(12), Duration.ofSeconds(3), Size.mebibytes(1));

    public RingSettings {
        check(bytes.mebibytes() >= 1, "bytes", "must be at least 1 MiB");
        check(
                window.bytes() >= 256 << 10,
                "window",
                "must be at least 256 KiB, or every message waits for the one before");
    }
}

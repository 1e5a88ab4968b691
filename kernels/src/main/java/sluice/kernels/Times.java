package sluice.kernels;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Time as others read it.
final class Times {
    /// Six digits always: Python's `%f` takes one to six, and Java would print none, three, six or nine.
    private static final DateTimeFormatter JUPYTER =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private Times() {}

    static String jupyter(Instant instant) {
        return JUPYTER.format(instant);
    }

    /// `1 second`, `90 seconds`, `5 minutes`, `2 hours`.
    static String words(Duration duration) {
        if (duration.toHours() >= 2) return duration.toHours() + " hours";
        if (duration.toMinutes() >= 2) return duration.toMinutes() + " minutes";
        return duration.toSeconds() == 1 ? "1 second" : duration.toSeconds() + " seconds";
    }
}

package sluice.gateway.sessions;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Times as Python's `"%Y-%m-%dT%H:%M:%S.%fZ"` reads them: one to six digits of fraction, always, and a Z.
public final class JupyterTime {
    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private JupyterTime() {}

    public static String of(Instant instant) {
        return FORM.format(instant);
    }
}

package sluice.kernels.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// A kernel's five sockets.
public enum ChannelName {
    SHELL,
    CONTROL,
    STDIN,
    IOPUB,
    HB;

    private static final ChannelName[] ALL = values();

    private final String text = name().toLowerCase(Locale.ROOT);
    private final byte[] bytes = text.getBytes(US_ASCII);

    /// `shell`, as it stands in a message.
    public String text() {
        return text;
    }

    byte[] bytes() {
        return bytes;
    }

    public static Optional<ChannelName> of(String text) {
        return Arrays.stream(ALL).filter(name -> name.text.equals(text)).findFirst();
    }

    static Optional<ChannelName> of(byte[] bytes, int from, int to) {
        for (var name : ALL) {
            if (Arrays.equals(bytes, from, to, name.bytes, 0, name.bytes.length)) return Optional.of(name);
        }
        return Optional.empty();
    }
}

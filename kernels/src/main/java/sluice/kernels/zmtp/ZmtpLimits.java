package sluice.kernels.zmtp;

/// What a peer may make us hold.
/// @param messageBytes of one message, all its parts
/// @param parts of one message
/// @param turnBytes read from one socket before its neighbours get their turn
/// @param queuedBytes that wait for a peer that does not read
public record ZmtpLimits(int messageBytes, int parts, int turnBytes, long queuedBytes) {
    public static final ZmtpLimits DEFAULT = new ZmtpLimits(512 << 20, 4096, 256 << 10, 256L << 20);

    public ZmtpLimits {
        if (messageBytes < 1024 || parts < 7 || turnBytes < 1024 || queuedBytes < 1024)
            throw new IllegalArgumentException("limits too small for any Jupyter message: " + messageBytes + ", "
                    + parts + ", " + turnBytes + ", " + queuedBytes);
    }
}

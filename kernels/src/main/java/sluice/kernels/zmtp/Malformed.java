package sluice.kernels.zmtp;

/// The peer broke the protocol; its socket is closed and the message says how.
final class Malformed extends RuntimeException {
    Malformed(String how) {
        super(how, null, false, false);
    }
}

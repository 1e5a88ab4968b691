package sluice.kernels.wire;

/// Bytes that are not what they should be. Cheap to throw: a hostile peer may cause many.
public final class BadMessage extends RuntimeException {
    public BadMessage(String what) {
        super(what, null, false, false);
    }
}

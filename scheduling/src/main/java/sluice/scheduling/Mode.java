package sluice.scheduling;

/// How the sessions on a card share it. A card changes its mode only while nobody holds any of it.
public enum Mode {
    /// Each has the whole card while its cell runs; idle state may move to host memory. What notebooks get.
    SWAP,
    /// One holder, which may run for days. What training gets.
    EXCLUSIVE,
    /// Several compute in turns, each below a hard memory cap.
    SLICE,
    /// Several compute at once through CUDA's multi-process service: quick, but one's fatal fault hits all of
    /// them.
    MPS,
    /// Hardware instances of fixed sizes.
    MIG;

    /// As it stands in requests, tables and panels.
    public String word() {
        return switch (this) {
            case SWAP -> "swap";
            case EXCLUSIVE -> "exclusive";
            case SLICE -> "slice";
            case MPS -> "mps";
            case MIG -> "mig";
        };
    }

    /// Whether a holder's state can be taken off the card and brought back: the driver refuses it under MPS and
    /// MIG.
    public boolean suspends() {
        return this != MPS && this != MIG;
    }
}

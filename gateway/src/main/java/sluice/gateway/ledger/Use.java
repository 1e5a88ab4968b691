package sluice.gateway.ledger;

import sluice.scheduling.share.Charge;

/// A use of GPUs in millionths of a GPU-second: thousandths of cards times milliseconds, so that sums are exact.
/// @param allocated in which cards were held
/// @param busy of these, in which a cell ran
/// @param suspended in which the cards were given back while their state lay in host memory, counted as the cards
/// it would have held
public record Use(long allocated, long busy, long suspended) {
    public static final Use NONE = new Use(0, 0, 0);

    private static final double PER_SECOND = 1e6;

    public Use plus(Use other) {
        return new Use(allocated + other.allocated, busy + other.busy, suspended + other.suspended);
    }

    public double allocatedSeconds() {
        return allocated / PER_SECOND;
    }

    public double busySeconds() {
        return busy / PER_SECOND;
    }

    public double suspendedSeconds() {
        return suspended / PER_SECOND;
    }

    /// What is charged for it in GPU-seconds: being suspended costs little, so that people gain by it.
    public double chargedSeconds() {
        return allocatedSeconds() + Charge.USUAL.suspended() * suspendedSeconds();
    }

    public boolean isNone() {
        return equals(NONE);
    }
}

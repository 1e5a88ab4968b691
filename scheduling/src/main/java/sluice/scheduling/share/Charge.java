package sluice.scheduling.share;

import sluice.scheduling.Amounts;

/// What holding something costs, in GPUs. A suspended session occupies host memory only and pays little for it:
/// people are paid for being suspendable.
/// @param suspended the part of its cards that a suspended session is charged
public record Charge(double suspended) {
    public static final Charge USUAL = new Charge(0.05);

    public Charge {
        if (!(suspended >= 0 && suspended <= 1))
            throw new IllegalArgumentException("A suspended session is charged between nothing and all: " + suspended);
    }

    public double gpus(Amounts held, boolean isSuspended) {
        double gpus = held.milliGpus() / 1000.0;
        return isSuspended ? gpus * suspended : gpus;
    }
}

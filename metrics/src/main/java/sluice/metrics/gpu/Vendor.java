package sluice.metrics.gpu;

import java.util.Locale;

/// Whose card it is.
public enum Vendor {
    NVIDIA,
    AMD,
    ASCEND,
    /// Nobody's: a card that [SimulatedGpus] made up.
    SIMULATED;

    /// As it stands in labels, answers and tables.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package sluice.metrics.gpu;

/// Whose card it is.
public enum Vendor {
    NVIDIA,
    AMD,
    ASCEND,
    /// Nobody's: a card that [SimulatedGpus] made up.
    SIMULATED
}

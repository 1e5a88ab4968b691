package sluice.scheduling.queue;

/// Who comes before whom, whatever the shares say within a tier.
enum Tier {
    /// Somebody sits in front of it.
    PRESSING,
    /// With it, its team holds no more than its fair share.
    DUE,
    /// A team that borrows.
    OVER,
    /// What may be left over.
    SPOT
}

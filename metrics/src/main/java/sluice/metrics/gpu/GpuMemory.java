package sluice.metrics.gpu;

/// A card's memory at this moment, in bytes.
///
/// @param reserved kept by driver and firmware; not part of `used`
public record GpuMemory(long total, long used, long free, long reserved) {}

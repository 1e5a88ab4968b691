package sluice.metrics.gpu;

import java.time.Instant;

/// Something that befell a card.
public sealed interface GpuEvent {
    String uuid();

    Instant at();

    /// The driver reported an error of its numbered list (NVIDIA: "XID"; 79 is "has fallen off the bus").
    record Xid(String uuid, Instant at, int code) implements GpuEvent {}

    /// The driver reported something that has no number of that list.
    record Fault(String uuid, Instant at, String what) implements GpuEvent {}

    /// The card stopped to answer.
    record Lost(String uuid, Instant at) implements GpuEvent {}

    /// A lost card answers again: it was reset, or the driver was loaded anew.
    record Returned(String uuid, Instant at) implements GpuEvent {}
}

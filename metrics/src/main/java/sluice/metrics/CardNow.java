package sluice.metrics;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import sluice.metrics.gpu.GpuSample;
import sluice.metrics.gpu.Health;

/// A card at its last sample, with what the node knows about it besides.
///
/// @param uses what each tenant has on it; those who are not ours stand together under the session `unmanaged`
public record CardNow(GpuSample sample, CardErrors errors, Health health, List<Use> uses) {
    public CardNow {
        uses = List.copyOf(uses);
    }

    /// One tenant's part of a card.
    ///
    /// @param bytes of its memory
    /// @param smUtil percent; the sum over the tenant's processes
    public record Use(Tenant tenant, OptionalLong bytes, OptionalInt smUtil) {}
}

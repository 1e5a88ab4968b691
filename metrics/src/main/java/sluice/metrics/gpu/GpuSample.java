package sluice.metrics.gpu;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One card at one moment.
///
/// @param lost the card does not answer any more: it fell off the bus, or the driver gave it up. Nothing else
///     is known.
/// @param readings what the driver knows; what it does not know is absent, never 0
/// @param processes empty where the driver cannot tell; an empty list means that there is none
/// @param nvlinks number of the link to whether it is up; no entries on a card without links
public record GpuSample(
        Gpu gpu, boolean lost, Readings readings, Optional<List<GpuProcess>> processes, Map<Integer, Boolean> nvlinks) {

    public GpuSample {
        processes = processes.map(List::copyOf);
        nvlinks = Collections.unmodifiableMap(new TreeMap<>(nvlinks));
    }

    static GpuSample lost(Gpu gpu) {
        return new GpuSample(gpu, true, Readings.NONE, Optional.empty(), Map.of());
    }
}

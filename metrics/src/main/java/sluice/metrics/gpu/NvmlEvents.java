package sluice.metrics.gpu;

import static sluice.metrics.gpu.Nvml.SUCCESS;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What NVML reports by itself: errors with a number (XID), and a few without.
final class NvmlEvents {
    private static final Logger LOG = LoggerFactory.getLogger(NvmlEvents.class);

    private static final long XID = 0x8;
    private static final Map<Long, String> OTHERS = Map.of(
            0x2L, "a memory error that could not be corrected",
            0x200L, "a storm of corrected memory errors",
            0x800L, "memory that could not be retired",
            0x2000L, "a fatal poison error",
            0x4000L, "the card became unavailable",
            0x8000L, "the driver asks for a recovery action");

    private static final int BYTES = 32; // nvmlEventData_t: device, type @8, data @16, instances @24
    private static final int NO_WAIT = 0;
    private static final int MOST_AT_ONCE = 256;

    private final Nvml nvml;
    private final @Nullable Pointer set;
    private final Map<Pointer, String> watched = new HashMap<>();
    private final Memory data = new Memory(BYTES);

    private NvmlEvents(Nvml nvml, @Nullable Pointer set) {
        this.nvml = nvml;
        this.set = set;
    }

    static NvmlEvents of(Nvml nvml, List<Gpu> gpus) {
        var set = new Memory(Native.POINTER_SIZE);
        var made = nvml.call("nvmlEventSetCreate", set) == SUCCESS;
        var events = new NvmlEvents(nvml, made ? set.getPointer(0) : null);
        for (var gpu : gpus) events.watch(gpu);
        return events;
    }

    private void watch(Gpu gpu) {
        var device = nvml.byUuid(gpu.uuid()).device();
        if (set == null || device == null) return;
        var types = new Memory(8);
        var wanted = XID;
        for (long other : OTHERS.keySet()) wanted |= other;
        if (nvml.call("nvmlDeviceGetSupportedEventTypes", device, types) == SUCCESS) wanted &= types.getLong(0);
        var status = nvml.call("nvmlDeviceRegisterEvents", device, wanted, set);
        if (status == SUCCESS) watched.put(device, gpu.uuid());
        else LOG.info("Errors of card {} are not reported: {}", gpu.index(), nvml.error(status));
    }

    /// What happened since the last call. Does not wait.
    List<GpuEvent> drain(Instant at) {
        var events = new ArrayList<GpuEvent>();
        if (set == null || watched.isEmpty()) return events;
        // Bounded, so that a card that reports without end does not stop the sampler.
        for (int i = 0; i < MOST_AT_ONCE && nvml.call("nvmlEventSetWait_v2", set, data, NO_WAIT) == SUCCESS; i++) {
            event(at).ifPresent(events::add);
        }
        return events;
    }

    private Optional<GpuEvent> event(Instant at) {
        var uuid = watched.get(data.getPointer(0));
        var type = data.getLong(8);
        if (uuid == null) return Optional.empty();
        if (type == XID) return Optional.of(new GpuEvent.Xid(uuid, at, (int) data.getLong(16)));
        return Optional.of(new GpuEvent.Fault(uuid, at, OTHERS.getOrDefault(type, "event " + Long.toHexString(type))));
    }
}

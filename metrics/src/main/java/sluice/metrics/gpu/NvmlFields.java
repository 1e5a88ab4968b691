package sluice.metrics.gpu;

import static java.util.Map.entry;
import static sluice.metrics.gpu.Nvml.SUCCESS;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// The values NVML has under a number: all of them in one call, each with its own status.
final class NvmlFields {
    private static final Map<Integer, Reading> PLAIN = Map.ofEntries(
            entry(3, Reading.ECC_SINGLE_VOLATILE),
            entry(4, Reading.ECC_DOUBLE_VOLATILE),
            entry(5, Reading.ECC_SINGLE_AGGREGATE),
            entry(6, Reading.ECC_DOUBLE_AGGREGATE),
            entry(31, Reading.RETIRED_PENDING),
            entry(38, Reading.NVLINK_CRC_FLIT_ERRORS),
            entry(52, Reading.NVLINK_REPLAY_ERRORS),
            entry(59, Reading.NVLINK_RECOVERY_ERRORS),
            entry(74, Reading.POWER_VIOLATION),
            entry(75, Reading.THERMAL_VIOLATION),
            entry(76, Reading.SYNC_BOOST_VIOLATION),
            entry(77, Reading.BOARD_LIMIT_VIOLATION),
            entry(78, Reading.LOW_UTIL_VIOLATION),
            entry(79, Reading.RELIABILITY_VIOLATION),
            entry(82, Reading.MEMORY_TEMPERATURE),
            entry(142, Reading.REMAPPED_CORRECTABLE),
            entry(143, Reading.REMAPPED_UNCORRECTABLE),
            entry(144, Reading.REMAP_PENDING),
            entry(145, Reading.REMAP_FAILURE),
            entry(173, Reading.PCIE_CORRECTABLE),
            entry(174, Reading.PCIE_NAKS_RECEIVED),
            entry(175, Reading.PCIE_RECEIVER_ERRORS),
            entry(176, Reading.PCIE_BAD_TLP),
            entry(177, Reading.PCIE_NAKS_SENT),
            entry(178, Reading.PCIE_BAD_DLLP),
            entry(179, Reading.PCIE_NON_FATAL),
            entry(180, Reading.PCIE_FATAL),
            entry(181, Reading.PCIE_UNSUPPORTED_REQUESTS),
            entry(182, Reading.PCIE_LCRC),
            entry(183, Reading.PCIE_LANE_ERRORS),
            entry(230, Reading.RECOVERY_ACTION));

    private static final int NVLINK_SENT = 138;
    private static final int NVLINK_RECEIVED = 139;
    private static final int POWER_INSTANT = 186;
    private static final int PCIE_SENT = 197;
    private static final int PCIE_RECEIVED = 198;
    private static final List<Integer> OTHERS =
            List.of(NVLINK_SENT, NVLINK_RECEIVED, POWER_INSTANT, PCIE_SENT, PCIE_RECEIVED);

    private static final int ALL_LINKS = -1; // as scope of a field that each link has
    private static final int BYTES = 40; // nvmlFieldValue_t: id, scope, time, latency, type @24, status @28, value @32

    private final Nvml nvml;
    private final int[] ids;
    private final Memory values;
    private final Rate sent = new Rate();
    private final Rate received = new Rate();

    NvmlFields(Nvml nvml) {
        this.nvml = nvml;
        var all = new ArrayList<>(PLAIN.keySet());
        all.addAll(OTHERS);
        this.ids = all.stream().mapToInt(Integer::intValue).sorted().toArray();
        this.values = new Memory((long) ids.length * BYTES);
    }

    void read(Pointer device, Instant at, Readings.Builder readings) {
        values.clear();
        for (int i = 0; i < ids.length; i++) {
            values.setInt((long) i * BYTES, ids[i]);
            if (ids[i] == NVLINK_SENT || ids[i] == NVLINK_RECEIVED) values.setInt((long) i * BYTES + 4, ALL_LINKS);
        }
        if (nvml.call("nvmlDeviceGetFieldValues", device, ids.length, values) != SUCCESS) return;

        PLAIN.forEach((id, reading) -> readings.put(reading, value(id)));
        var watts = value(POWER_INSTANT);
        if (watts.isPresent()) readings.put(Reading.POWER, watts.getAsDouble() / 1000);
        var nvlinkSent = value(NVLINK_SENT);
        var nvlinkReceived = value(NVLINK_RECEIVED);
        if (nvlinkSent.isPresent() && nvlinkReceived.isPresent()) {
            readings.put(Reading.NVLINK_TRAFFIC, nvlinkSent.getAsDouble() + nvlinkReceived.getAsDouble());
        }
        readings.put(Reading.PCIE_SENT, sent.next(value(PCIE_SENT), at));
        readings.put(Reading.PCIE_RECEIVED, received.next(value(PCIE_RECEIVED), at));
    }

    private OptionalDouble value(int id) {
        var at = (long) Arrays.binarySearch(ids, id) * BYTES;
        if (values.getInt(at + 28) != SUCCESS) return OptionalDouble.empty();
        return switch (values.getInt(at + 24)) { // nvmlValueType_t
            case 0 -> OptionalDouble.of(values.getDouble(at + 32));
            case 1 -> OptionalDouble.of(Integer.toUnsignedLong(values.getInt(at + 32)));
            case 2, 3, 4 -> OptionalDouble.of(values.getLong(at + 32));
            case 5 -> OptionalDouble.of(values.getInt(at + 32));
            case 6 -> OptionalDouble.of(Short.toUnsignedInt(values.getShort(at + 32)));
            default -> OptionalDouble.empty(); // a type of the future
        };
    }

    /// From a counter to a rate.
    private static final class Rate {
        private OptionalDouble before = OptionalDouble.empty();
        private @Nullable Instant since;

        /// Empty at first, and when the counter was set back or wrapped.
        OptionalDouble next(OptionalDouble now, Instant at) {
            var rate = OptionalDouble.empty();
            if (since != null && before.isPresent() && now.isPresent() && now.getAsDouble() >= before.getAsDouble()) {
                var seconds = Duration.between(since, at).toNanos() / 1e9;
                if (seconds > 0) rate = OptionalDouble.of((now.getAsDouble() - before.getAsDouble()) / seconds);
            }
            before = now;
            since = at;
            return rate;
        }
    }
}

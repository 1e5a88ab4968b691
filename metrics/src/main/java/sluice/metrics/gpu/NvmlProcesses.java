package sluice.metrics.gpu;

import static sluice.metrics.gpu.Nvml.INSUFFICIENT_SIZE;
import static sluice.metrics.gpu.Nvml.NOT_FOUND;
import static sluice.metrics.gpu.Nvml.SUCCESS;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Who holds a context on a card, and how busy each of them kept it.
final class NvmlProcesses {
    private static final int PROCESS_BYTES = 24; // nvmlProcessInfo_t: pid, bytes @8, instances @16
    private static final int SAMPLE_BYTES = 32; // nvmlProcessUtilizationSample_t: pid, µs @8, sm @16, …
    private static final int MOST = 4096;
    private static final long NOT_AVAILABLE = -1; // NVML_VALUE_NOT_AVAILABLE

    private final Nvml nvml;
    private final Memory count = new Memory(4);
    private Memory room = new Memory(64 * SAMPLE_BYTES);
    private long seen;

    NvmlProcesses(Nvml nvml) {
        this.nvml = nvml;
    }

    /// Empty where the driver cannot tell.
    Optional<List<GpuProcess>> running(Pointer device) {
        var bytes = new TreeMap<Long, OptionalLong>();
        if (!list("nvmlDeviceGetComputeRunningProcesses_v3", device, bytes)) return Optional.empty();
        // Under MPS the clients stand in a list of their own.
        list("nvmlDeviceGetMPSComputeRunningProcesses_v3", device, bytes);
        var busy = utilisation(device);
        return Optional.of(bytes.entrySet().stream()
                .map(entry -> new GpuProcess(
                        entry.getKey(),
                        Optional.empty(),
                        entry.getValue(),
                        // Once the driver answers, those it does not name were idle.
                        busy.map(percent -> OptionalInt.of(percent.getOrDefault(entry.getKey(), 0)))
                                .orElse(OptionalInt.empty())))
                .toList());
    }

    private boolean list(String function, Pointer device, Map<Long, OptionalLong> bytes) {
        for (int wanted = 64; wanted <= MOST; wanted *= 4) {
            makeRoom((long) wanted * PROCESS_BYTES);
            count.setInt(0, wanted);
            var status = nvml.call(function, device, count, room);
            if (status == INSUFFICIENT_SIZE) continue;
            if (status != SUCCESS) return false;
            for (int i = 0; i < Math.min(count.getInt(0), wanted); i++) {
                var used = room.getLong((long) i * PROCESS_BYTES + 8);
                bytes.put(
                        Integer.toUnsignedLong(room.getInt((long) i * PROCESS_BYTES)),
                        used == NOT_AVAILABLE ? OptionalLong.empty() : OptionalLong.of(used));
            }
            return true;
        }
        return false;
    }

    /// The latest sample of each process since the last call. Empty where the driver cannot tell.
    private Optional<Map<Long, Integer>> utilisation(Pointer device) {
        var latest = new HashMap<Long, Integer>();
        for (int wanted = 64; wanted <= MOST; wanted *= 4) {
            makeRoom((long) wanted * SAMPLE_BYTES);
            count.setInt(0, wanted);
            var status = nvml.call("nvmlDeviceGetProcessUtilization", device, room, count, seen);
            if (status == INSUFFICIENT_SIZE) continue;
            if (status == NOT_FOUND) return Optional.of(latest); // nobody ran anything
            if (status != SUCCESS) return Optional.empty();
            var newest = new HashMap<Long, Long>();
            for (int i = 0; i < Math.min(count.getInt(0), wanted); i++) {
                var at = (long) i * SAMPLE_BYTES;
                var pid = Integer.toUnsignedLong(room.getInt(at));
                var micros = room.getLong(at + 8);
                if (micros < newest.getOrDefault(pid, 0L)) continue;
                newest.put(pid, micros);
                latest.put(pid, room.getInt(at + 16));
                seen = Math.max(seen, micros);
            }
            return Optional.of(latest);
        }
        return Optional.empty();
    }

    private void makeRoom(long bytes) {
        if (room.size() < bytes) room = new Memory(bytes);
    }
}

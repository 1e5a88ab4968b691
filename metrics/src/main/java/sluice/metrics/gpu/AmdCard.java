package sluice.metrics.gpu;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// One card of AMD's. Layouts are those of `amdsmi.h` 24.7.
final class AmdCard {
    private static final long MIB = 1 << 20;
    private static final int GONE = 31; // AMDSMI_STATUS_NOT_FOUND
    private static final int EDGE = 0; // amdsmi_temperature_type_t
    private static final int HOTSPOT = 1;
    private static final int VRAM = 2;
    private static final int CURRENT = 0;
    private static final int CLOCK_GFX = 0; // amdsmi_clk_type_t
    private static final int CLOCK_MEMORY = 4;
    private static final int PROCESS_BYTES = 224; // amdsmi_proc_info_t: pid @32, bytes @40, bytes of VRAM @128
    private static final int MOST_PROCESSES = 1024;

    private final NativeCalls calls;
    private final Pointer device;
    private final Gpu gpu;
    private final boolean knowsProcessLayout;

    private AmdCard(NativeCalls calls, Pointer device, Gpu gpu, boolean knowsProcessLayout) {
        this.calls = calls;
        this.device = device;
        this.gpu = gpu;
        this.knowsProcessLayout = knowsProcessLayout;
    }

    /// @param oldLayout whether the library is one whose process records we know; a newer one's are longer
    static AmdCard of(NativeCalls calls, Pointer device, int index, boolean oldLayout) {
        var busId = busId(calls, device);
        var files = PciDevice.of(busId).renderFiles();
        var gpu = new Gpu(
                uuid(calls, device, index),
                index,
                Vendor.AMD,
                text(calls, "amdsmi_get_gpu_asic_info", device).orElse("AMD GPU"), // its first field: market_name
                memory(calls, device).map(GpuMemory::total).orElse(0L),
                busId,
                PciDevice.of(busId).numaNode(),
                text(calls, "amdsmi_get_gpu_driver_info", device).orElse(""), // its first field: driver_version
                OptionalInt.empty(),
                files,
                false,
                List.of());
        return new AmdCard(calls, device, gpu, oldLayout);
    }

    private static String uuid(NativeCalls calls, Pointer device, int index) {
        var length = new Memory(4);
        length.setInt(0, 38); // AMDSMI_GPU_UUID_SIZE
        var uuid = new Memory(256);
        uuid.clear();
        var status = calls.call("amdsmi_get_gpu_device_uuid", device, length, uuid);
        return status == 0 ? uuid.getString(0) : "AMD-unknown-" + index;
    }

    /// `amdsmi_bdf_t`: function 3 bits, device 5, bus 8, domain the rest.
    private static String busId(NativeCalls calls, Pointer device) {
        var bits = new Memory(8);
        if (calls.call("amdsmi_get_gpu_device_bdf", device, bits) != 0) return "";
        var bdf = bits.getLong(0);
        return "%08X:%02X:%02X.%X".formatted(bdf >>> 16, bdf >>> 8 & 0xff, bdf >>> 3 & 0x1f, bdf & 0x7);
    }

    private static Optional<String> text(NativeCalls calls, String function, Pointer device) {
        var info = new Memory(4096); // more than any version's
        info.clear();
        return calls.call(function, device, info) == 0 ? Optional.of(info.getString(0)) : Optional.empty();
    }

    Gpu gpu() {
        return gpu;
    }

    Optional<GpuMemory> memory() {
        return memory(calls, device);
    }

    /// `amdsmi_vram_usage_t`: total and used, MiB.
    private static Optional<GpuMemory> memory(NativeCalls calls, Pointer device) {
        var usage = new Memory(64);
        usage.clear();
        return calls.call("amdsmi_get_gpu_vram_usage", device, usage) == 0
                ? Optional.of(memory(usage))
                : Optional.empty();
    }

    private static GpuMemory memory(Memory usage) {
        var total = usage.getInt(0) * MIB;
        var used = usage.getInt(4) * MIB;
        return new GpuMemory(total, used, total - used, 0);
    }

    GpuSample sample() {
        var scratch = new Memory(512);
        var status = calls.call("amdsmi_get_gpu_vram_usage", device, scratch);
        if (status == GONE) return GpuSample.lost(gpu);
        var readings = new Readings.Builder();
        if (status == 0) readings.put(memory(scratch));
        if (calls.call("amdsmi_get_gpu_activity", device, scratch) == 0) {
            put(readings, Reading.GPU_UTIL, scratch.getInt(0));
            put(readings, Reading.MEMORY_COPY_UTIL, scratch.getInt(4));
        }
        // Cards without a sensor at the edge have one at the hottest spot.
        if (!temperature(readings, Reading.TEMPERATURE, EDGE, scratch)) {
            temperature(readings, Reading.TEMPERATURE, HOTSPOT, scratch);
        }
        temperature(readings, Reading.MEMORY_TEMPERATURE, VRAM, scratch);
        power(readings, scratch);
        clock(readings, Reading.SM_CLOCK, CLOCK_GFX, scratch);
        clock(readings, Reading.MEMORY_CLOCK, CLOCK_MEMORY, scratch);
        if (calls.call("amdsmi_get_gpu_pci_replay_counter", device, scratch) == 0) {
            readings.put(Reading.PCIE_REPLAYS, scratch.getLong(0));
        }
        if (calls.call("amdsmi_get_gpu_total_ecc_count", device, scratch) == 0) {
            readings.put(Reading.ECC_SINGLE_VOLATILE, scratch.getLong(0))
                    .put(Reading.ECC_DOUBLE_VOLATILE, scratch.getLong(8));
        }
        return new GpuSample(gpu, false, readings.build(), processes(), Map.of());
    }

    private boolean temperature(Readings.Builder readings, Reading reading, int sensor, Memory scratch) {
        var known = calls.call("amdsmi_get_temp_metric", device, sensor, CURRENT, scratch) == 0;
        if (known) readings.put(reading, scratch.getLong(0));
        return known;
    }

    private void power(Readings.Builder readings, Memory scratch) {
        scratch.clear();
        if (calls.call("amdsmi_get_power_info", device, scratch) == 0) {
            // Watts; the second field is the mean, for cards that know only that. Newer libraries put one 64-bit field
            // of the same meaning first, whose lower half lies in the same place.
            if (!put(readings, Reading.POWER, scratch.getInt(0))) put(readings, Reading.POWER, scratch.getInt(4));
        }
        if (calls.call("amdsmi_get_power_cap_info", device, 0, scratch) == 0) {
            readings.put(Reading.POWER_LIMIT, scratch.getLong(0) / 1e6); // µW
        }
        var resolution = scratch.share(8);
        var time = scratch.share(16);
        if (calls.call("amdsmi_get_energy_count", device, scratch, resolution, time) == 0) {
            readings.put(Reading.ENERGY, scratch.getLong(0) * (double) resolution.getFloat(0) / 1000); // µJ a count
        }
    }

    private void clock(Readings.Builder readings, Reading reading, int clock, Memory scratch) {
        if (calls.call("amdsmi_get_clock_info", device, clock, scratch) == 0) put(readings, reading, scratch.getInt(0));
    }

    /// All ones, in 16 or in 32 bits, is how the library says "not available".
    private static boolean put(Readings.Builder readings, Reading reading, int value) {
        if (value == -1 || value == 0xffff) return false;
        readings.put(reading, value);
        return true;
    }

    private Optional<List<GpuProcess>> processes() {
        if (!knowsProcessLayout) return Optional.empty();
        var count = new Memory(4);
        count.setInt(0, MOST_PROCESSES);
        var list = new Memory((long) MOST_PROCESSES * PROCESS_BYTES);
        if (calls.call("amdsmi_get_gpu_process_list", device, count, list) != 0) return Optional.empty();
        var processes = new ArrayList<GpuProcess>();
        for (int i = 0; i < Math.min(count.getInt(0), MOST_PROCESSES); i++) {
            var at = (long) i * PROCESS_BYTES;
            processes.add(new GpuProcess(
                    Integer.toUnsignedLong(list.getInt(at + 32)),
                    Optional.empty(),
                    OptionalLong.of(list.getLong(at + 128)),
                    OptionalInt.empty()));
        }
        return Optional.of(processes);
    }
}

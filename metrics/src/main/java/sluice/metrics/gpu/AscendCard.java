package sluice.metrics.gpu;

import com.sun.jna.Memory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// One chip of an Ascend card. Layouts are those of `dcmi_interface_api.h`.
final class AscendCard {
    private static final long MIB = 1 << 20;
    private static final int GONE = -8008; // DCMI_ERR_CODE_DEVICE_NOT_EXIST
    private static final int NOT_THERE = -1; // as a health: "not exist or not started"
    private static final int UTIL_AICORE = 2; // DCMI_UTILIZATION_RATE_…
    private static final int UTIL_HBM_BANDWIDTH = 10;
    private static final int CLOCK_HBM = 6; // dcmi_freq_type
    private static final int CLOCK_AICORE = 7;
    private static final int HBM = 2; // dcmi_device_type
    private static final int VDIE = 1; // dcmi_die_type
    private static final int PROCESS_BYTES = 16; // dcmi_proc_mem_info: pid, bytes @8
    private static final int MOST_PROCESSES = 256;
    private static final int MOST_ERRORS = 128;

    private final NativeCalls calls;
    private final int card;
    private final int chip;
    private final Gpu gpu;
    private Set<Integer> known = Set.of();

    private AscendCard(NativeCalls calls, int card, int chip, Gpu gpu) {
        this.calls = calls;
        this.card = card;
        this.chip = chip;
        this.gpu = gpu;
    }

    static AscendCard of(NativeCalls calls, int card, int chip, int index) {
        var busId = busId(calls, card, chip);
        var minor = minor(calls, card, chip);
        var gpu = new Gpu(
                uuid(calls, card, chip),
                index,
                Vendor.ASCEND,
                model(calls, card, chip),
                memory(calls, card, chip).map(GpuMemory::total).orElse(0L),
                busId,
                PciDevice.of(busId).numaNode(),
                driverVersion(calls),
                minor,
                minor.isPresent() ? List.of("/dev/davinci" + minor.getAsInt()) : List.of(),
                false,
                List.of());
        return new AscendCard(calls, card, chip, gpu);
    }

    /// The number burnt into the die, `dcmi_die_id`.
    private static String uuid(NativeCalls calls, int card, int chip) {
        var die = new Memory(20);
        if (calls.call("dcmi_get_device_die_v2", card, chip, VDIE, die) != 0) return "NPU-" + card + "-" + chip;
        return "NPU-%08x-%08x-%08x-%08x-%08x"
                .formatted(die.getInt(0), die.getInt(4), die.getInt(8), die.getInt(12), die.getInt(16));
    }

    /// `dcmi_chip_info`: type, name and version of 32 characters each.
    private static String model(NativeCalls calls, int card, int chip) {
        var info = new Memory(100);
        info.clear();
        if (calls.call("dcmi_get_device_chip_info", card, chip, info) != 0) return "Ascend NPU";
        return (info.getString(0) + " " + info.getString(32)).strip();
    }

    /// `dcmi_pcie_info_all`: domain @16, bus, device, function.
    private static String busId(NativeCalls calls, int card, int chip) {
        var pcie = new Memory(64);
        if (calls.call("dcmi_get_device_pcie_info_v2", card, chip, pcie) != 0) return "";
        return "%08X:%02X:%02X.%X".formatted(pcie.getInt(16), pcie.getInt(20), pcie.getInt(24), pcie.getInt(28));
    }

    private static String driverVersion(NativeCalls calls) {
        var version = new Memory(256);
        version.clear();
        return calls.call("dcmi_get_driver_version", version, 255) == 0 ? version.getString(0) : "";
    }

    /// The files are numbered by the physical id, which containers see otherwise than the host.
    private static OptionalInt minor(NativeCalls calls, int card, int chip) {
        var id = new Memory(8);
        if (calls.call("dcmi_get_device_logic_id", id, card, chip) != 0) return OptionalInt.empty();
        var logical = id.getInt(0);
        var status = calls.call("dcmi_get_device_phyid_from_logicid", logical, id);
        return OptionalInt.of(status == 0 ? id.getInt(0) : logical);
    }

    Gpu gpu() {
        return gpu;
    }

    Optional<GpuMemory> memory() {
        return memory(calls, card, chip);
    }

    /// `dcmi_hbm_info`: size, clock @8, use @16, temperature @24, bandwidth @28; MiB, MHz, °C, percent.
    private static Optional<GpuMemory> memory(NativeCalls calls, int card, int chip) {
        var hbm = new Memory(64);
        return calls.call("dcmi_get_device_hbm_info", card, chip, hbm) == 0
                ? Optional.of(memory(hbm))
                : Optional.empty();
    }

    private static GpuMemory memory(Memory hbm) {
        var total = hbm.getLong(0) * MIB;
        var used = hbm.getLong(16) * MIB;
        return new GpuMemory(total, used, total - used, 0);
    }

    GpuSample sample() {
        var scratch = new Memory(64);
        var health = calls.call("dcmi_get_device_health", card, chip, scratch);
        if (health == GONE || (health == 0 && scratch.getInt(0) == NOT_THERE)) return GpuSample.lost(gpu);
        var readings = new Readings.Builder();
        if (health == 0) readings.put(Reading.DRIVER_HEALTH, scratch.getInt(0));
        if (calls.call("dcmi_get_device_hbm_info", card, chip, scratch) == 0) {
            readings.put(memory(scratch)).put(Reading.MEMORY_TEMPERATURE, scratch.getInt(24));
        }
        number(readings, Reading.GPU_UTIL, 1, "dcmi_get_device_utilization_rate", card, chip, UTIL_AICORE, scratch);
        number(
                readings,
                Reading.MEMORY_COPY_UTIL,
                1,
                "dcmi_get_device_utilization_rate",
                card,
                chip,
                UTIL_HBM_BANDWIDTH,
                scratch);
        number(readings, Reading.TEMPERATURE, 1, "dcmi_get_device_temperature", card, chip, scratch);
        number(readings, Reading.POWER, 0.1, "dcmi_get_device_power_info", card, chip, scratch);
        number(readings, Reading.SM_CLOCK, 1, "dcmi_get_device_frequency", card, chip, CLOCK_AICORE, scratch);
        number(readings, Reading.MEMORY_CLOCK, 1, "dcmi_get_device_frequency", card, chip, CLOCK_HBM, scratch);
        errorCounts(readings, scratch);
        return new GpuSample(gpu, false, readings.build(), processes(), Map.of());
    }

    private void number(Readings.Builder readings, Reading reading, double unit, String function, Object... arguments) {
        var scratch = (Memory) arguments[arguments.length - 1];
        if (calls.call(function, arguments) == 0) readings.put(reading, scratch.getInt(0) * unit);
    }

    /// `dcmi_ecc_info`: on or off, then single, double, and both in the chip's life.
    private void errorCounts(Readings.Builder readings, Memory scratch) {
        if (calls.call("dcmi_get_device_ecc_info", card, chip, HBM, scratch) != 0 || scratch.getInt(0) == 0) return;
        readings.put(Reading.ECC_SINGLE_VOLATILE, Integer.toUnsignedLong(scratch.getInt(4)))
                .put(Reading.ECC_DOUBLE_VOLATILE, Integer.toUnsignedLong(scratch.getInt(8)))
                .put(Reading.ECC_SINGLE_AGGREGATE, Integer.toUnsignedLong(scratch.getInt(12)))
                .put(Reading.ECC_DOUBLE_AGGREGATE, Integer.toUnsignedLong(scratch.getInt(16)));
    }

    private Optional<List<GpuProcess>> processes() {
        var count = new Memory(4);
        count.setInt(0, MOST_PROCESSES);
        var list = new Memory((long) MOST_PROCESSES * PROCESS_BYTES);
        if (calls.call("dcmi_get_device_resource_info", card, chip, list, count) != 0) return Optional.empty();
        var processes = new ArrayList<GpuProcess>();
        for (int i = 0; i < Math.min(count.getInt(0), MOST_PROCESSES); i++) {
            var at = (long) i * PROCESS_BYTES;
            processes.add(new GpuProcess(
                    list.getInt(at), Optional.empty(), OptionalLong.of(list.getLong(at + 8)), OptionalInt.empty()));
        }
        return Optional.of(processes);
    }

    /// DCMI lists the errors that hold now; those that were not there the last time are news.
    List<GpuEvent> newErrors(Instant at) {
        var count = new Memory(4);
        count.clear();
        var codes = new Memory(4L * MOST_ERRORS);
        if (calls.call("dcmi_get_device_errorcode_v2", card, chip, count, codes, MOST_ERRORS) != 0) return List.of();
        var now = new HashSet<Integer>();
        var events = new ArrayList<GpuEvent>();
        for (int i = 0; i < Math.min(count.getInt(0), MOST_ERRORS); i++) {
            var code = codes.getInt(4L * i);
            if (now.add(code) && !known.contains(code)) {
                events.add(new GpuEvent.Fault(gpu.uuid(), at, "error code 0x" + Integer.toHexString(code)));
            }
        }
        known = now;
        return events;
    }
}

package sluice.metrics.gpu;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/// One card that does not exist.
final class SimulatedCard {
    private static final long MIB = 1 << 20;
    private static final double ROOM = 31; // °C of a card that does nothing
    private static final double SECONDS_TO_WARM = 20;

    /// Links are numbered over all peers.
    private final int links;

    private final Gpu gpu;
    private final RandomGenerator noise;
    private final long reserved;
    private final double limit;
    private final Map<String, Occupant> occupants = new LinkedHashMap<>();

    private Instant last;
    private double temperature = ROOM;
    private double energy;
    private double powerCapped;
    private double nvlinkTraffic;
    private long doubleErrors;
    private boolean remapPending;
    private boolean remapFailed;
    private boolean lost;

    private record Occupant(long pid, long bytes, int smUtil) {}

    SimulatedCard(Gpu gpu, RandomGenerator noise, Instant now) {
        this.gpu = gpu;
        this.noise = noise;
        this.last = now;
        this.reserved = gpu.memoryBytes() / 128;
        this.limit = watts(gpu.model());
        this.links = gpu.links().size() * SimulatedGpus.LINKS;
    }

    private static double watts(String model) {
        if (model.contains("H100") || model.contains("H200")) return 700;
        if (model.contains("A100")) return 400;
        return model.contains("L4") ? 72 : 350;
    }

    Gpu gpu() {
        return gpu;
    }

    synchronized void occupy(String session, long pid, long bytes, int smUtil) {
        if (bytes < 0 || smUtil < 0 || smUtil > 100) {
            throw new IllegalArgumentException("not a use of a card: %d bytes, %d%%".formatted(bytes, smUtil));
        }
        if (lost) throw new IllegalStateException("The simulated card " + gpu.uuid() + " is lost");
        var before = occupants.get(session);
        var free = free() + (before == null ? 0 : before.bytes);
        if (bytes > free) {
            throw new IllegalStateException("Out of memory on simulated card %d: %d MiB asked, %d MiB free"
                    .formatted(gpu.index(), bytes / MIB, free / MIB));
        }
        occupants.put(session, new Occupant(pid, bytes, smUtil));
    }

    synchronized void release(String session) {
        occupants.remove(session);
    }

    /// What an error leaves to be read: NVIDIA's "XID errors" guide.
    synchronized void scar(int xid) {
        switch (xid) {
            case 48, 95 -> doubleErrors++;
            case 63 -> remapPending = true;
            case 64 -> remapFailed = true;
            case 79 -> lose();
            default -> {} // nothing to see but the error itself
        }
    }

    synchronized void lose() {
        lost = true;
        occupants.clear();
    }

    synchronized void reset() {
        lost = false;
        remapPending = false;
        remapFailed = false;
        doubleErrors = 0;
        occupants.clear();
    }

    synchronized Optional<GpuMemory> memory() {
        return lost ? Optional.empty() : Optional.of(new GpuMemory(gpu.memoryBytes(), used(), free(), reserved));
    }

    private long used() {
        return occupants.values().stream().mapToLong(Occupant::bytes).sum();
    }

    private long free() {
        return gpu.memoryBytes() - reserved - used();
    }

    synchronized GpuSample sample(Instant now) {
        if (lost) return GpuSample.lost(gpu);
        var load = load();
        var power = power(load);
        var seconds = Math.clamp(Duration.between(last, now).toMillis() / 1000.0, 0, 60);
        last = now;
        pass(seconds, load, power);
        var readings = new Readings.Builder();
        use(load, readings);
        state(load, power, readings);
        errors(readings);
        return new GpuSample(gpu, false, readings.build(), Optional.of(processes()), nvlinks());
    }

    private double load() {
        var asked = Math.min(
                100, occupants.values().stream().mapToInt(Occupant::smUtil).sum());
        return asked == 0 ? 0 : Math.clamp(asked + noise.nextDouble(-3, 3), 1, 100);
    }

    private double power(double load) {
        var idle = limit * 0.1;
        return idle + (limit * 0.97 - idle) * load / 100 + noise.nextDouble(-1, 1);
    }

    private void pass(double seconds, double load, double power) {
        var target = ROOM + 50 * power / limit;
        temperature += (target - temperature) * (1 - Math.exp(-seconds / SECONDS_TO_WARM));
        energy += power * seconds * 1000;
        if (load > 95) powerCapped += seconds * 1e8;
        nvlinkTraffic += links * load * seconds * 1000;
    }

    private void use(double load, Readings.Builder readings) {
        readings.put(Reading.GPU_UTIL, Math.round(load))
                .put(Reading.MEMORY_COPY_UTIL, Math.round(load * 0.6))
                .put(Reading.ENCODER_UTIL, 0)
                .put(Reading.DECODER_UTIL, 0)
                .put(Reading.MEMORY_TOTAL, gpu.memoryBytes())
                .put(Reading.MEMORY_USED, used())
                .put(Reading.MEMORY_FREE, free())
                .put(Reading.MEMORY_RESERVED, reserved)
                .put(Reading.BAR1_USED, (1 + occupants.size()) * 2 * MIB)
                .put(Reading.GRAPHICS_ACTIVE, load / 100)
                .put(Reading.SM_ACTIVE, load / 100 * 0.9)
                .put(Reading.SM_OCCUPANCY, load / 100 * 0.4)
                .put(Reading.TENSOR_ACTIVE, load / 100 * 0.5)
                .put(Reading.DRAM_ACTIVE, load / 100 * 0.6)
                .put(Reading.FP64_ACTIVE, 0)
                .put(Reading.FP32_ACTIVE, load / 100 * 0.2)
                .put(Reading.FP16_ACTIVE, load / 100 * 0.1)
                .put(Reading.INTEGER_ACTIVE, load / 100 * 0.2)
                .put(Reading.COMPUTE_MODE, 0)
                .put(Reading.MIG_MODE, 0)
                .put(Reading.MIG_INSTANCES, 0);
    }

    private void state(double load, double power, Readings.Builder readings) {
        var reasons = load == 0 ? 0x1 : load > 95 ? 0x4 : 0;
        readings.put(Reading.TEMPERATURE, Math.round(temperature))
                .put(Reading.MEMORY_TEMPERATURE, Math.round(temperature + 6))
                .put(Reading.POWER, Math.round(power * 1000) / 1000.0)
                .put(Reading.POWER_LIMIT, limit)
                .put(Reading.ENERGY, Math.round(energy))
                .put(Reading.SM_CLOCK, load == 0 ? 345 : Math.round(1980 - load))
                .put(Reading.MEMORY_CLOCK, 2619)
                .put(Reading.CLOCK_REASONS, reasons)
                .put(Reading.POWER_VIOLATION, Math.round(powerCapped))
                .put(Reading.THERMAL_VIOLATION, 0)
                .put(Reading.SYNC_BOOST_VIOLATION, 0)
                .put(Reading.BOARD_LIMIT_VIOLATION, 0)
                .put(Reading.LOW_UTIL_VIOLATION, 0)
                .put(Reading.RELIABILITY_VIOLATION, 0)
                .put(Reading.PERFORMANCE_STATE, load == 0 ? 8 : 0)
                .put(Reading.FAN, Math.round(30 + load / 2))
                .put(Reading.PCIE_SENT, Math.round(load * 8e6))
                .put(Reading.PCIE_RECEIVED, Math.round(load * 2e7))
                .put(Reading.PCIE_GENERATION, load == 0 ? 1 : 5)
                .put(Reading.PCIE_WIDTH, 16);
        if (links > 0) readings.put(Reading.NVLINK_TRAFFIC, Math.round(nvlinkTraffic));
    }

    private void errors(Readings.Builder readings) {
        for (var never : NEVER) readings.put(never, 0);
        if (links > 0) for (var never : NEVER_ON_LINKS) readings.put(never, 0);
        readings.put(Reading.ECC_DOUBLE_VOLATILE, doubleErrors)
                .put(Reading.REMAP_PENDING, remapPending ? 1 : 0)
                .put(Reading.REMAP_FAILURE, remapFailed ? 1 : 0);
    }

    /// What a card that does not exist does not suffer.
    private static final List<Reading> NEVER = List.of(
            Reading.PCIE_REPLAYS,
            Reading.PCIE_CORRECTABLE,
            Reading.PCIE_NAKS_RECEIVED,
            Reading.PCIE_RECEIVER_ERRORS,
            Reading.PCIE_BAD_TLP,
            Reading.PCIE_NAKS_SENT,
            Reading.PCIE_BAD_DLLP,
            Reading.PCIE_NON_FATAL,
            Reading.PCIE_FATAL,
            Reading.PCIE_UNSUPPORTED_REQUESTS,
            Reading.PCIE_LCRC,
            Reading.PCIE_LANE_ERRORS,
            Reading.ECC_SINGLE_VOLATILE,
            Reading.ECC_SINGLE_AGGREGATE,
            Reading.ECC_DOUBLE_AGGREGATE,
            Reading.REMAPPED_CORRECTABLE,
            Reading.REMAPPED_UNCORRECTABLE,
            Reading.RETIRED_PENDING,
            Reading.RECOVERY_ACTION);

    private static final List<Reading> NEVER_ON_LINKS =
            List.of(Reading.NVLINK_CRC_FLIT_ERRORS, Reading.NVLINK_REPLAY_ERRORS, Reading.NVLINK_RECOVERY_ERRORS);

    private List<GpuProcess> processes() {
        return occupants.entrySet().stream()
                .map(entry -> new GpuProcess(
                        entry.getValue().pid,
                        Optional.of(entry.getKey()),
                        OptionalLong.of(entry.getValue().bytes),
                        OptionalInt.of(entry.getValue().smUtil)))
                .toList();
    }

    private Map<Integer, Boolean> nvlinks() {
        var up = new HashMap<Integer, Boolean>();
        for (int link = 0; link < links; link++) up.put(link, true);
        return up;
    }
}

package sluice.metrics.gpu;

import static sluice.metrics.gpu.Nvml.GPU_IS_LOST;
import static sluice.metrics.gpu.Nvml.GPU_NOT_FOUND;
import static sluice.metrics.gpu.Nvml.NOT_FOUND;
import static sluice.metrics.gpu.Nvml.SUCCESS;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// One card, asked again and again by the sampler's thread.
final class NvmlCard {
    private final Nvml nvml;
    private final Gpu gpu;
    private final NvmlFields fields;
    private final NvmlProcesses processes;
    private final NvmlProfile profile;
    private final Memory scratch = new Memory(64);

    private boolean lost;

    NvmlCard(Nvml nvml, Gpu gpu) {
        this.nvml = nvml;
        this.gpu = gpu;
        this.fields = new NvmlFields(nvml);
        this.processes = new NvmlProcesses(nvml);
        this.profile = new NvmlProfile(nvml);
    }

    Gpu gpu() {
        return gpu;
    }

    GpuSample sample(Instant at) {
        // By uuid and each time: handles die with a reloaded driver, and indices shift when a card falls off the bus.
        var found = nvml.byUuid(gpu.uuid());
        lost = switch (found.status()) {
            case GPU_IS_LOST, GPU_NOT_FOUND, NOT_FOUND -> true;
            default -> false;
        };
        if (lost) return GpuSample.lost(gpu);
        var device = found.device();
        if (device == null) return unknown();

        var readings = new Readings.Builder();
        use(device, readings);
        state(device, readings);
        if (lost) return GpuSample.lost(gpu);
        fields.read(device, at, readings);
        profile.read(device, at, readings); // after the fields: it knows PCIe's rates better
        var running = processes.running(device);
        return new GpuSample(gpu, false, readings.build(), running, nvlinks(device));
    }

    /// The driver answers, but not about this card: that is not the card's loss.
    private GpuSample unknown() {
        return new GpuSample(gpu, false, Readings.NONE, Optional.empty(), Map.of());
    }

    /// How much of it is used.
    private void use(Pointer device, Readings.Builder readings) {
        if (ask("nvmlDeviceGetUtilizationRates", device, scratch)) {
            readings.put(Reading.GPU_UTIL, scratch.getInt(0)).put(Reading.MEMORY_COPY_UTIL, scratch.getInt(4));
        }
        nvml.memory(device).ifPresent(memory -> readings.put(memory).put(Reading.MEMORY_RESERVED, memory.reserved()));
        if (ask("nvmlDeviceGetBAR1MemoryInfo", device, scratch)) readings.put(Reading.BAR1_USED, scratch.getLong(16));
        var period = scratch.share(8);
        if (ask("nvmlDeviceGetEncoderUtilization", device, scratch, period)) {
            readings.put(Reading.ENCODER_UTIL, scratch.getInt(0));
        }
        if (ask("nvmlDeviceGetDecoderUtilization", device, scratch, period)) {
            readings.put(Reading.DECODER_UTIL, scratch.getInt(0));
        }
    }

    /// How it fares.
    private void state(Pointer device, Readings.Builder readings) {
        temperature(device, readings);
        number(Reading.POWER, 0.001, readings, "nvmlDeviceGetPowerUsage", device, scratch);
        number(Reading.POWER_LIMIT, 0.001, readings, "nvmlDeviceGetEnforcedPowerLimit", device, scratch);
        number(Reading.SM_CLOCK, 1, readings, "nvmlDeviceGetClockInfo", device, 1, scratch);
        number(Reading.MEMORY_CLOCK, 1, readings, "nvmlDeviceGetClockInfo", device, 2, scratch);
        number(Reading.FAN, 1, readings, "nvmlDeviceGetFanSpeed_v2", device, 0, scratch);
        number(Reading.PCIE_REPLAYS, 1, readings, "nvmlDeviceGetPcieReplayCounter", device, scratch);
        number(Reading.PCIE_GENERATION, 1, readings, "nvmlDeviceGetCurrPcieLinkGeneration", device, scratch);
        number(Reading.PCIE_WIDTH, 1, readings, "nvmlDeviceGetCurrPcieLinkWidth", device, scratch);
        number(Reading.COMPUTE_MODE, 1, readings, "nvmlDeviceGetComputeMode", device, scratch);
        if (ask("nvmlDeviceGetPerformanceState", device, scratch) && scratch.getInt(0) <= 15) {
            readings.put(Reading.PERFORMANCE_STATE, scratch.getInt(0)); // 32 is "unknown"
        }
        if (ask("nvmlDeviceGetTotalEnergyConsumption", device, scratch)) {
            readings.put(Reading.ENERGY, scratch.getLong(0));
        }
        // The second is what drivers before 535 call it.
        if (ask("nvmlDeviceGetCurrentClocksEventReasons", device, scratch)
                || ask("nvmlDeviceGetCurrentClocksThrottleReasons", device, scratch)) {
            readings.put(Reading.CLOCK_REASONS, scratch.getLong(0));
        }
        instances(device, readings);
    }

    private void temperature(Pointer device, Readings.Builder readings) {
        if (ask("nvmlDeviceGetTemperature", device, 0, scratch)) {
            readings.put(Reading.TEMPERATURE, scratch.getInt(0));
            return;
        }
        // nvmlTemperature_t: version, sensor, degrees. CUDA 13 deprecates the plain call in its favour.
        scratch.setInt(0, 12 | 1 << 24);
        scratch.setInt(4, 0);
        if (ask("nvmlDeviceGetTemperatureV", device, scratch)) readings.put(Reading.TEMPERATURE, scratch.getInt(8));
    }

    private void instances(Pointer device, Readings.Builder readings) {
        if (!ask("nvmlDeviceGetMigMode", device, scratch, scratch.share(8))) return;
        var mode = scratch.getInt(0);
        readings.put(Reading.MIG_MODE, mode);
        var instances = 0;
        if (mode == 1 && ask("nvmlDeviceGetMaxMigDeviceCount", device, scratch)) {
            var most = scratch.getInt(0);
            for (int instance = 0; instance < most; instance++) {
                if (ask("nvmlDeviceGetMigDeviceHandleByIndex", device, instance, scratch)) instances++;
            }
        }
        readings.put(Reading.MIG_INSTANCES, instances);
    }

    private Map<Integer, Boolean> nvlinks(Pointer device) {
        var links = new HashMap<Integer, Boolean>();
        for (int link = 0; link < NvmlIdentity.MOST_LINKS; link++) {
            // A card without links says so at the first; one with few says so at the first it lacks.
            if (!ask("nvmlDeviceGetNvLinkState", device, link, scratch)) break;
            links.put(link, scratch.getInt(0) == 1);
        }
        return links;
    }

    private void number(Reading reading, double unit, Readings.Builder readings, String function, Object... arguments) {
        if (ask(function, arguments)) readings.put(reading, Integer.toUnsignedLong(scratch.getInt(0)) * unit);
    }

    private boolean ask(String function, Object... arguments) {
        var status = nvml.call(function, arguments);
        if (status == GPU_IS_LOST) lost = true;
        return status == SUCCESS;
    }
}

package sluice.metrics.gpu;

import static sluice.metrics.gpu.Nvml.SUCCESS;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the units of a card did between two looks: NVML's GPM, on Hopper and later.
final class NvmlProfile {
    /// @param id of NVML's metric
    /// @param unit what its value is divided by
    private record Metric(int id, Reading reading, double unit) {
        static Metric percent(int id, Reading reading) {
            return new Metric(id, reading, 100);
        }

        static Metric mebibytes(int id, Reading reading) {
            return new Metric(id, reading, 1.0 / (1 << 20));
        }
    }

    private static final List<Metric> METRICS = List.of(
            Metric.percent(1, Reading.GRAPHICS_ACTIVE),
            Metric.percent(2, Reading.SM_ACTIVE),
            Metric.percent(3, Reading.SM_OCCUPANCY),
            Metric.percent(4, Reading.INTEGER_ACTIVE),
            Metric.percent(5, Reading.TENSOR_ACTIVE),
            Metric.percent(10, Reading.DRAM_ACTIVE),
            Metric.percent(11, Reading.FP64_ACTIVE),
            Metric.percent(12, Reading.FP32_ACTIVE),
            Metric.percent(13, Reading.FP16_ACTIVE),
            Metric.mebibytes(20, Reading.PCIE_SENT),
            Metric.mebibytes(21, Reading.PCIE_RECEIVED));

    /// NVML looks that often itself.
    private static final Duration APART = Duration.ofMillis(100);

    // nvmlGpmMetricsGet_t: version, count, two samples, then metrics of 40 bytes (id, status @4, value @8, three
    // texts).
    private static final int HEAD = 24;
    private static final int METRIC = 40;
    private static final int MOST_METRICS = 512; // the header declares 333, and more with each release

    private final Nvml nvml;
    private final Memory question = new Memory(HEAD + (long) MOST_METRICS * METRIC);
    private @Nullable Boolean supported;
    private @Nullable Pointer before;
    private @Nullable Pointer spare;
    private Instant since = Instant.MIN;

    NvmlProfile(Nvml nvml) {
        this.nvml = nvml;
    }

    void read(Pointer device, Instant at, Readings.Builder readings) {
        if (supported == null) supported = supported(device);
        if (!supported || Duration.between(since, at).compareTo(APART) < 0) return;
        var now = spare != null ? spare : allocated();
        spare = null;
        if (now == null) return;
        if (nvml.call("nvmlGpmSampleGet", device, now) != SUCCESS) {
            spare = now;
            return;
        }
        if (before != null) compare(before, now, readings);
        spare = before;
        before = now;
        since = at;
    }

    private boolean supported(Pointer device) {
        var support = new Memory(8); // nvmlGpmSupport_t: version, answer
        support.setInt(0, 1);
        support.setInt(4, 0);
        return nvml.call("nvmlGpmQueryDeviceSupport", device, support) == SUCCESS && support.getInt(4) == 1;
    }

    private @Nullable Pointer allocated() {
        var sample = new Memory(Native.POINTER_SIZE);
        return nvml.call("nvmlGpmSampleAlloc", sample) == SUCCESS ? sample.getPointer(0) : null;
    }

    private void compare(Pointer earlier, Pointer later, Readings.Builder readings) {
        question.clear();
        question.setInt(0, 1);
        question.setInt(4, METRICS.size());
        question.setPointer(8, earlier);
        question.setPointer(16, later);
        for (int i = 0; i < METRICS.size(); i++) question.setInt(HEAD + (long) i * METRIC, METRICS.get(i).id);
        if (nvml.call("nvmlGpmMetricsGet", question) != SUCCESS) return;
        for (int i = 0; i < METRICS.size(); i++) {
            var at = HEAD + (long) i * METRIC;
            if (question.getInt(at + 4) != SUCCESS) continue;
            var metric = METRICS.get(i);
            readings.put(metric.reading, question.getDouble(at + 8) / metric.unit);
        }
    }
}

package sluice.metrics.gpu;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// NVIDIA's management library: how its calls give back what they know.
/// See https://docs.nvidia.com/deploy/nvml-api and `nvml.h`.
final class Nvml {
    static final String LIBRARY = "libnvidia-ml.so.1";

    static final int SUCCESS = 0;
    static final int NO_PERMISSION = 4;
    static final int NOT_FOUND = 6;
    static final int INSUFFICIENT_SIZE = 7;
    static final int DRIVER_NOT_LOADED = 9;
    static final int FUNCTION_NOT_FOUND = 13;
    static final int GPU_IS_LOST = 15;
    static final int VERSION_MISMATCH = 18;
    static final int GPU_NOT_FOUND = 28;

    /// Without these there is nothing to build on. All of them came with driver 510.
    private static final List<String> REQUIRED = List.of(
            "nvmlInit_v2",
            "nvmlShutdown",
            "nvmlDeviceGetCount_v2",
            "nvmlDeviceGetHandleByIndex_v2",
            "nvmlDeviceGetHandleByUUID",
            "nvmlDeviceGetUUID",
            "nvmlDeviceGetMemoryInfo_v2",
            "nvmlDeviceGetComputeRunningProcesses_v3");

    private static final int MEMORY_BYTES = 40;
    private static final int MEMORY_VERSION = MEMORY_BYTES | 2 << 24;

    private final NativeCalls calls;

    private Nvml(NativeCalls calls) {
        this.calls = calls;
    }

    /// Loads the library and wakes the driver.
    static Nvml open(String library) throws GpusUnavailable {
        var calls =
                NativeCalls.load(library, FUNCTION_NOT_FOUND, "NVIDIA", REQUIRED, "driver 580 or newer (510 at least)");
        var nvml = new Nvml(calls);
        var status = calls.call("nvmlInit_v2");
        if (status != SUCCESS) throw GpusUnavailable.broken(nvml.whyNotInitialised(status));
        return nvml;
    }

    private String whyNotInitialised(int status) {
        var what = "The NVIDIA driver cannot be opened: " + error(status) + ". ";
        return what
                + switch (status) {
                    case DRIVER_NOT_LOADED -> "Load it (modprobe nvidia); if that fails, dmesg says why.";
                    case VERSION_MISMATCH ->
                        "The library is of another version than the kernel module: reboot, or load the module anew.";
                    case NO_PERMISSION -> "Start the node as root, or let it read and write /dev/nvidiactl.";
                    case GPU_IS_LOST -> "A card fell off the bus: reset it (nvidia-smi -r) or reboot.";
                    default -> "See what nvidia-smi and dmesg say.";
                };
    }

    /// What a status means, in the driver's words.
    String error(int status) {
        return calls.text("nvmlErrorString", status).orElse("status") + " (" + status + ")";
    }

    int call(String function, Object... arguments) {
        return calls.call(function, arguments);
    }

    void shutdown() {
        calls.call("nvmlShutdown");
    }

    int count() {
        var count = new Memory(4);
        return calls.call("nvmlDeviceGetCount_v2", count) == SUCCESS ? count.getInt(0) : 0;
    }

    /// What a card answers under one of its names.
    record Found(int status, @Nullable Pointer device) {}

    Found byIndex(int index) {
        return found("nvmlDeviceGetHandleByIndex_v2", index);
    }

    Found byUuid(String uuid) {
        return found("nvmlDeviceGetHandleByUUID", uuid);
    }

    private Found found(String function, Object name) {
        var device = new Memory(Native.POINTER_SIZE);
        var status = calls.call(function, name, device);
        return new Found(status, status == SUCCESS ? device.getPointer(0) : null);
    }

    /// What a function that fills a buffer of characters gives.
    Optional<String> text(String function, @Nullable Pointer device) {
        var length = 96; // NVML_DEVICE_UUID_V2_BUFFER_SIZE, the longest there is
        var text = new Memory(length);
        text.clear();
        var status = device == null ? calls.call(function, text, length) : calls.call(function, device, text, length);
        return status == SUCCESS ? Optional.of(text.getString(0, UTF_8.name())) : Optional.empty();
    }

    /// `nvmlMemory_v2_t`: version, then total, reserved, free and used.
    Optional<GpuMemory> memory(Pointer device) {
        var memory = new Memory(MEMORY_BYTES);
        memory.clear();
        memory.setInt(0, MEMORY_VERSION);
        if (calls.call("nvmlDeviceGetMemoryInfo_v2", device, memory) != SUCCESS) return Optional.empty();
        return Optional.of(
                new GpuMemory(memory.getLong(8), memory.getLong(32), memory.getLong(24), memory.getLong(16)));
    }
}

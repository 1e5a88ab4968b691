package sluice.gateway.config;

import static sluice.gateway.config.BadValue.check;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// What a kernel may be started with: a name, and what of the pool goes with it.
/// @param title as launchers show it behind the kernel's own name
/// @param gpus 0, a part of one card such as 0.25, or a number of whole ones
/// @param gpuMemory on one card, instead of a number of them; 0 for none
/// @param gpuModel such as `H100`; empty for any
/// @param cpus processors; 0 for what `limits` says
/// @param memory of the host; 0 for what `limits` says
public record FlavourSettings(String title, double gpus, Size gpuMemory, String gpuModel, double cpus, Size memory) {
    static final FlavourSettings DEFAULT = new FlavourSettings("", 0, new Size(0), "", 0, new Size(0));

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,31}");

    static final Map<String, FlavourSettings> USUAL = usual();

    private static Map<String, FlavourSettings> usual() {
        var flavours = new LinkedHashMap<String, FlavourSettings>();
        flavours.put("cpu", DEFAULT.with("CPU", 0));
        flavours.put("shared", DEFAULT.with("shared GPU", 0.25));
        flavours.put("gpu", DEFAULT.with("1 GPU", 1));
        flavours.put("2gpu", DEFAULT.with("2 GPUs", 2));
        return flavours;
    }

    public FlavourSettings {
        check(gpus >= 0 && gpus <= 4096, "gpus", "must be 0, a part of one card such as 0.25, or a whole number");
        check(
                gpus <= 1 || gpus == Math.rint(gpus),
                "gpus",
                "must be whole cards or a part of one, not %s".formatted(gpus));
        check(gpus == 0 || gpuMemory.bytes() == 0, "gpu-memory", "and gpus exclude each other: give one of them");
        check(cpus >= 0 && cpus <= 4096, "cpus", "must be a number of processors such as 1.5, or 0");
        check(
                memory.bytes() == 0 || memory.mebibytes() >= 64,
                "memory",
                "must be at least 64 MiB, which a Python kernel needs to start, or 0");
    }

    /// A flavour's name stands in kernelspecs' names.
    static boolean couldBeName(String name) {
        return NAME.matcher(name).matches();
    }

    private FlavourSettings with(String otherTitle, double otherGpus) {
        return new FlavourSettings(otherTitle, otherGpus, gpuMemory, gpuModel, cpus, memory);
    }
}

package sluice.kernels;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import sluice.metrics.gpu.Gpu;
import sluice.metrics.gpu.Vendor;

/// The variables by which the vendors' libraries are told which cards to see. In a sandbox they spare a process the
/// attempt to open what is not there; without one they are all that keeps it from others' cards.
final class VisibleCards {
    /// Nobody but the node sets these.
    private static final Set<String> OURS = Set.of(
            "CUDA_VISIBLE_DEVICES",
            "NVIDIA_VISIBLE_DEVICES",
            "ROCR_VISIBLE_DEVICES",
            "HIP_VISIBLE_DEVICES",
            "GPU_DEVICE_ORDINAL",
            "ASCEND_RT_VISIBLE_DEVICES",
            "ASCEND_VISIBLE_DEVICES",
            "SLUICE_GPUS",
            "SLUICE_GPU_MEMORY",
            "SLUICE_GPU_SIMULATED",
            "SLUICE_FLAVOUR",
            "SLUICE_TEAM");

    private VisibleCards() {}

    static boolean decides(String variable) {
        return OURS.contains(variable);
    }

    /// @param cards that it may see
    /// @param vendors of all cards of the node
    static Map<String, String> of(List<Gpu> cards, Set<Vendor> vendors) {
        var env = new LinkedHashMap<String, String>();
        env.put("CUDA_VISIBLE_DEVICES", "");
        env.put("NVIDIA_VISIBLE_DEVICES", "void");
        if (vendors.contains(Vendor.AMD)) amd(of(cards, Vendor.AMD), env);
        if (vendors.contains(Vendor.ASCEND))
            env.put(
                    "ASCEND_RT_VISIBLE_DEVICES",
                    joined(of(cards, Vendor.ASCEND), card -> Integer.toString(card.index())));
        var nvidia = of(cards, Vendor.NVIDIA);
        if (!nvidia.isEmpty()) {
            env.put("CUDA_VISIBLE_DEVICES", joined(nvidia, Gpu::uuid));
            env.put("NVIDIA_VISIBLE_DEVICES", joined(nvidia, Gpu::uuid));
        }
        var simulated = of(cards, Vendor.SIMULATED);
        if (!simulated.isEmpty()) {
            env.put("CUDA_VISIBLE_DEVICES", joined(simulated, Gpu::uuid));
            env.put("SLUICE_GPU_SIMULATED", "1");
        }
        return env;
    }

    /// ROCr chooses from all cards, HIP (which heeds CUDA's variable too) from those that ROCr left.
    private static void amd(List<Gpu> cards, Map<String, String> env) {
        var left = IntStream.range(0, cards.size()).mapToObj(Integer::toString).collect(Collectors.joining(","));
        env.put("ROCR_VISIBLE_DEVICES", joined(cards, VisibleCards::rocrName));
        env.put("HIP_VISIBLE_DEVICES", left);
        env.put("CUDA_VISIBLE_DEVICES", left);
    }

    /// ROCr's own uuids begin so; amd-smi's are of another form, and then the card's place must do.
    private static String rocrName(Gpu card) {
        return card.uuid().startsWith("GPU-") ? card.uuid() : Integer.toString(card.index());
    }

    private static List<Gpu> of(List<Gpu> cards, Vendor vendor) {
        return cards.stream().filter(card -> card.vendor() == vendor).toList();
    }

    private static String joined(List<Gpu> cards, Function<Gpu, String> word) {
        return cards.stream().map(word).collect(Collectors.joining(","));
    }
}

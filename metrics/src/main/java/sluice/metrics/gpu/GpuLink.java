package sluice.metrics.gpu;

/// The way from one card to another.
///
/// @param peer the other card's uuid
/// @param nvlinks direct links to it that are up (NVLink); through a switch, all those that lead to the switch
public record GpuLink(String peer, Nearness nearness, int nvlinks) {

    /// How far two cards are apart on the machine's buses, near first: `nvmlGpuTopologyLevel_t`.
    public enum Nearness {
        SAME_BOARD(0),
        ONE_SWITCH(10),
        MORE_SWITCHES(20),
        HOST_BRIDGE(30),
        NUMA_NODE(40),
        SYSTEM(50);

        private final int nvml;

        Nearness(int nvml) {
            this.nvml = nvml;
        }

        /// What NVML's number means; anything it may invent later counts as far.
        static Nearness ofNvml(int level) {
            for (var nearness : values()) if (nearness.nvml == level) return nearness;
            return SYSTEM;
        }
    }
}

package sluice.metrics.gpu;

/// What can be read of a card: one number each, in the unit said here. Behind each stands where NVML has it: a
/// function, `FI` for a field of `nvmlDeviceGetFieldValues`, `GPM` for one of its performance metrics (Hopper
/// and later).
public enum Reading {
    /// Percent of the time in which any kernel ran. "Something ran", not "the card worked": decide idleness by
    /// [#SM_ACTIVE] where it is known. `GetUtilizationRates`
    GPU_UTIL,
    /// Percent of the time in which memory was read or written. `GetUtilizationRates`
    MEMORY_COPY_UTIL,
    /// Percent. `GetEncoderUtilization`
    ENCODER_UTIL,
    /// Percent. `GetDecoderUtilization`
    DECODER_UTIL,

    /// Bytes. `GetMemoryInfo_v2`
    MEMORY_USED,
    /// Bytes. `GetMemoryInfo_v2`
    MEMORY_FREE,
    /// Bytes kept by driver and firmware. `GetMemoryInfo_v2`
    MEMORY_RESERVED,
    /// Bytes. `GetMemoryInfo_v2`
    MEMORY_TOTAL,
    /// Bytes of the window through which the host sees the card's memory. `GetBAR1MemoryInfo`
    BAR1_USED,

    /// Degrees Celsius. `GetTemperature`
    TEMPERATURE,
    /// Degrees Celsius. FI 82
    MEMORY_TEMPERATURE,
    /// Watts. FI 186 (this instant), else `GetPowerUsage`
    POWER,
    /// Watts. `GetEnforcedPowerLimit`
    POWER_LIMIT,
    /// Millijoules since the driver was loaded. `GetTotalEnergyConsumption`
    ENERGY,
    /// MHz. `GetClockInfo`
    SM_CLOCK,
    /// MHz. `GetClockInfo`
    MEMORY_CLOCK,
    /// A bit for each reason why the clocks are where they are, see [ClockReason]. `GetCurrentClocksEventReasons`
    CLOCK_REASONS,

    /// Nanoseconds of lowered clocks because of the power limit. FI 74
    POWER_VIOLATION,
    /// Nanoseconds of lowered clocks because of heat. FI 75
    THERMAL_VIOLATION,
    /// Nanoseconds of lowered clocks to keep in step with a group of cards. FI 76
    SYNC_BOOST_VIOLATION,
    /// Nanoseconds of lowered clocks because of the board's limits. FI 77
    BOARD_LIMIT_VIOLATION,
    /// Nanoseconds of lowered clocks because there was little to do. FI 78
    LOW_UTIL_VIOLATION,
    /// Nanoseconds of lowered clocks for reliability. FI 79
    RELIABILITY_VIOLATION,
    /// 0 (fastest) to 15. `GetPerformanceState`
    PERFORMANCE_STATE,
    /// Percent of the fan's full speed. `GetFanSpeed_v2`
    FAN,

    /// Bytes a second from the card to the host. GPM 20, else from the counter FI 197
    PCIE_SENT,
    /// Bytes a second from the host to the card. GPM 21, else from the counter FI 198
    PCIE_RECEIVED,
    /// Packets sent again. `GetPcieReplayCounter`
    PCIE_REPLAYS,
    /// The link's generation now; it falls when the card is idle. `GetCurrPcieLinkGeneration`
    PCIE_GENERATION,
    /// Lanes. `GetCurrPcieLinkWidth`
    PCIE_WIDTH,
    /// Count. FI 173
    PCIE_CORRECTABLE,
    /// Count. FI 174
    PCIE_NAKS_RECEIVED,
    /// Count. FI 175
    PCIE_RECEIVER_ERRORS,
    /// Count. FI 176
    PCIE_BAD_TLP,
    /// Count. FI 177
    PCIE_NAKS_SENT,
    /// Count. FI 178
    PCIE_BAD_DLLP,
    /// Count. FI 179
    PCIE_NON_FATAL,
    /// Count. FI 180
    PCIE_FATAL,
    /// Count. FI 181
    PCIE_UNSUPPORTED_REQUESTS,
    /// Count. FI 182
    PCIE_LCRC,
    /// Count. FI 183
    PCIE_LANE_ERRORS,

    /// KiB over all links, both ways, since the driver was loaded. FI 138 + 139
    NVLINK_TRAFFIC,
    /// Count over all links. FI 38
    NVLINK_CRC_FLIT_ERRORS,
    /// Count over all links. FI 52
    NVLINK_REPLAY_ERRORS,
    /// Count over all links. FI 59
    NVLINK_RECOVERY_ERRORS,

    /// Corrected memory errors since the driver was loaded. FI 3
    ECC_SINGLE_VOLATILE,
    /// Uncorrected memory errors since the driver was loaded. FI 4
    ECC_DOUBLE_VOLATILE,
    /// Corrected memory errors in the card's life. FI 5
    ECC_SINGLE_AGGREGATE,
    /// Uncorrected memory errors in the card's life. FI 6
    ECC_DOUBLE_AGGREGATE,
    /// Rows of memory replaced because of errors that were corrected. FI 142
    REMAPPED_CORRECTABLE,
    /// Rows of memory replaced because of errors that were not. FI 143
    REMAPPED_UNCORRECTABLE,
    /// 1 where a row waits for a reset to be replaced. FI 144
    REMAP_PENDING,
    /// 1 where a row could not be replaced: the card should be returned. FI 145
    REMAP_FAILURE,
    /// 1 where a page waits to be retired (cards before Ampere). FI 31
    RETIRED_PENDING,
    /// What the driver wants done: 0 nothing, 1 reset, 2 reboot, 3 drain, 4 drain and reset, 5 IMEX. FI 230
    RECOVERY_ACTION,
    /// What the driver says of the card as a whole: 0 well, 1 minor, 2 major, 3 critical. Ascend only
    DRIVER_HEALTH,

    /// Share of the time, 0 to 1, in which the graphics engine was busy. GPM 1
    GRAPHICS_ACTIVE,
    /// Share of the multiprocessors, 0 to 1, that had work. GPM 2
    SM_ACTIVE,
    /// Resident warps by the most there can be, 0 to 1. GPM 3
    SM_OCCUPANCY,
    /// Share of the time of the tensor units, 0 to 1. GPM 5
    TENSOR_ACTIVE,
    /// Share of the memory's bandwidth, 0 to 1. GPM 10
    DRAM_ACTIVE,
    /// Share of the time of the 64-bit units, 0 to 1. GPM 11
    FP64_ACTIVE,
    /// Share of the time of the 32-bit units, 0 to 1. GPM 12
    FP32_ACTIVE,
    /// Share of the time of the 16-bit units, 0 to 1. GPM 13
    FP16_ACTIVE,
    /// Share of the time of the integer units, 0 to 1. GPM 4
    INTEGER_ACTIVE,

    /// 0 many contexts, 2 none, 3 one process only. `GetComputeMode`
    COMPUTE_MODE,
    /// 1 where the card is cut into instances. `GetMigMode`
    MIG_MODE,
    /// How many instances there are. `GetMigDeviceHandleByIndex`
    MIG_INSTANCES
}

package sluice.metrics.page;

import static java.util.stream.Stream.concat;
import static sluice.metrics.page.Family.counter;
import static sluice.metrics.page.Family.gauge;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import sluice.metrics.gpu.Reading;

/// Every family there is: the one place that `docs/metrics.md` and the dashboards are checked against. Those of cards,
/// nodes and what sessions use stand here; those of queue and scheduler in [PoolCatalogue].
///
/// Where DCGM's exporter has a name, it is that one, with its unit and its labels, so that dashboards and
/// alerts made for it go on working. The others begin with `sluice_`.
public final class Catalogue {
    private Catalogue() {}

    static final List<String> NODE = List.of("Hostname");
    static final List<String> TENANT = List.of("session", "user", "account", "queue");
    static final List<String> CARD =
            List.of("gpu", "UUID", "pci_bus_id", "device", "modelName", "Hostname", "DCGM_FI_DRIVER_VERSION");

    private static final double MIB = 1 << 20;

    /// A family with one series a card, and the reading it shows.
    ///
    /// @param unit what the reading is divided by
    record OfReading(Family family, Reading reading, double unit) {}

    static final List<OfReading> READINGS = List.of(
            of("DCGM_FI_DEV_GPU_UTIL", "Time in which any kernel ran", "%", Reading.GPU_UTIL),
            of("DCGM_FI_DEV_MEM_COPY_UTIL", "Time in which memory was read or written", "%", Reading.MEMORY_COPY_UTIL),
            of("DCGM_FI_DEV_ENC_UTIL", "Encoder utilization", "%", Reading.ENCODER_UTIL),
            of("DCGM_FI_DEV_DEC_UTIL", "Decoder utilization", "%", Reading.DECODER_UTIL),
            of("DCGM_FI_DEV_FB_USED", "Memory used", "MiB", Reading.MEMORY_USED, MIB),
            of("DCGM_FI_DEV_FB_FREE", "Memory free", "MiB", Reading.MEMORY_FREE, MIB),
            of("DCGM_FI_DEV_FB_RESERVED", "Memory kept by driver and firmware", "MiB", Reading.MEMORY_RESERVED, MIB),
            of("sluice_gpu_memory_total_bytes", "Memory of the card", "bytes", Reading.MEMORY_TOTAL),
            of("sluice_gpu_bar1_used_bytes", "Host window on the memory in use", "bytes", Reading.BAR1_USED),
            of("DCGM_FI_DEV_GPU_TEMP", "Temperature", "C", Reading.TEMPERATURE),
            of("DCGM_FI_DEV_MEMORY_TEMP", "Temperature of the memory", "C", Reading.MEMORY_TEMPERATURE),
            of("DCGM_FI_DEV_POWER_USAGE", "Power drawn", "W", Reading.POWER),
            of("sluice_gpu_power_limit_watts", "Power the card may draw", "W", Reading.POWER_LIMIT),
            total("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "Energy since the driver was loaded", "mJ", Reading.ENERGY),
            of("DCGM_FI_DEV_SM_CLOCK", "Clock of the multiprocessors", "MHz", Reading.SM_CLOCK),
            of("DCGM_FI_DEV_MEM_CLOCK", "Clock of the memory", "MHz", Reading.MEMORY_CLOCK),
            lowered("POWER", "the power limit", Reading.POWER_VIOLATION),
            lowered("THERMAL", "heat", Reading.THERMAL_VIOLATION),
            lowered("SYNC_BOOST", "keeping in step with other cards", Reading.SYNC_BOOST_VIOLATION),
            lowered("BOARD_LIMIT", "the board's limits", Reading.BOARD_LIMIT_VIOLATION),
            lowered("LOW_UTIL", "little to do", Reading.LOW_UTIL_VIOLATION),
            lowered("RELIABILITY", "reliability", Reading.RELIABILITY_VIOLATION),
            of("sluice_gpu_pstate", "Performance state, 0 is the fastest", "", Reading.PERFORMANCE_STATE),
            of("sluice_gpu_fan_percent", "Fan speed", "%", Reading.FAN),
            of(
                    "DCGM_FI_PROF_PCIE_TX_BYTES",
                    "Traffic from the card to the host",
                    "bytes per second",
                    Reading.PCIE_SENT),
            of("DCGM_FI_PROF_PCIE_RX_BYTES", "Traffic from host to card", "bytes per second", Reading.PCIE_RECEIVED),
            total("DCGM_FI_DEV_PCIE_REPLAY_COUNTER", "PCIe packets sent again", "", Reading.PCIE_REPLAYS),
            of("sluice_gpu_pcie_link_generation", "Generation of the PCIe link now", "", Reading.PCIE_GENERATION),
            of("sluice_gpu_pcie_link_width", "Width of the PCIe link now", "lanes", Reading.PCIE_WIDTH),
            total("DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL", "Traffic over all NVLinks", "KiB", Reading.NVLINK_TRAFFIC),
            nvlink("CRC_FLIT", "checksum errors", Reading.NVLINK_CRC_FLIT_ERRORS),
            nvlink("REPLAY", "retries", Reading.NVLINK_REPLAY_ERRORS),
            nvlink("RECOVERY", "recoveries", Reading.NVLINK_RECOVERY_ERRORS),
            ecc("SBE_VOL", "Corrected memory errors since the driver was loaded", Reading.ECC_SINGLE_VOLATILE),
            ecc("DBE_VOL", "Uncorrected memory errors since the driver was loaded", Reading.ECC_DOUBLE_VOLATILE),
            ecc("SBE_AGG", "Corrected memory errors in the card's life", Reading.ECC_SINGLE_AGGREGATE),
            ecc("DBE_AGG", "Uncorrected memory errors in the card's life", Reading.ECC_DOUBLE_AGGREGATE),
            rows("DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS", "errors that were corrected", Reading.REMAPPED_CORRECTABLE),
            rows("DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS", "errors that were not", Reading.REMAPPED_UNCORRECTABLE),
            of("DCGM_FI_DEV_ROW_REMAP_FAILURE", "1 if a row could not be remapped", "", Reading.REMAP_FAILURE),
            of("sluice_gpu_row_remap_pending", "1 if a row waits for a reset", "", Reading.REMAP_PENDING),
            of("DCGM_FI_DEV_RETIRED_PENDING", "1 if a page waits for retirement", "", Reading.RETIRED_PENDING),
            of(
                    "sluice_gpu_recovery_action",
                    "What the driver wants: 0 nothing, 1 reset, 2 reboot, 3 drain, 4 drain and reset, 5 IMEX",
                    "",
                    Reading.RECOVERY_ACTION),
            share(
                    "DCGM_FI_PROF_GR_ENGINE_ACTIVE",
                    "Time in which the graphics engine was busy",
                    Reading.GRAPHICS_ACTIVE),
            share("DCGM_FI_PROF_SM_ACTIVE", "Multiprocessors that had work", Reading.SM_ACTIVE),
            share("DCGM_FI_PROF_SM_OCCUPANCY", "Resident warps by the most there can be", Reading.SM_OCCUPANCY),
            share("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", "Time in which tensor units were busy", Reading.TENSOR_ACTIVE),
            share("DCGM_FI_PROF_DRAM_ACTIVE", "Bandwidth of the memory in use", Reading.DRAM_ACTIVE),
            share("DCGM_FI_PROF_PIPE_FP64_ACTIVE", "Time in which 64-bit units were busy", Reading.FP64_ACTIVE),
            share("DCGM_FI_PROF_PIPE_FP32_ACTIVE", "Time in which 32-bit units were busy", Reading.FP32_ACTIVE),
            share("DCGM_FI_PROF_PIPE_FP16_ACTIVE", "Time in which 16-bit units were busy", Reading.FP16_ACTIVE),
            share("sluice_gpu_int_active", "Time in which integer units were busy", Reading.INTEGER_ACTIVE),
            of("sluice_gpu_mig_instances", "Instances the card is cut into", "", Reading.MIG_INSTANCES));

    static final Family INFO = gauge("sluice_gpu_info", "1 for each card", "", card("vendor", "simulated"));
    static final Family UP = gauge("sluice_gpu_up", "1 if the card answers, 0 if it is lost", "", CARD);
    static final Family CLOCK_REASONS =
            gauge("sluice_gpu_clock_event_reasons", "1 if this is why the clocks are not higher", "", card("reason"));
    static final Family PCIE_ERRORS = counter("sluice_gpu_pcie_errors_total", "PCIe errors", "", card("type"));
    static final Family NVLINK_UP = gauge("sluice_gpu_nvlink_up", "1 if the link is up", "", card("link"));
    static final Family LAST_XID =
            gauge("DCGM_FI_DEV_XID_ERRORS", "Number of the last XID error, 0 if there was none", "", CARD);
    static final Family XIDS =
            counter("DCGM_EXP_XID_ERRORS_COUNT", "XID errors since the node started", "", card("xid"));
    static final Family FAULTS =
            counter("sluice_gpu_faults_total", "Errors the driver reported without a number", "", CARD);
    static final Family HEALTH = gauge("sluice_gpu_health", "1 for what may be done with the card", "", card("state"));
    static final Family MODE = gauge("sluice_gpu_mode", "1 for the mode the driver has it in", "", card("mode"));
    static final Family PROCESSES = gauge("sluice_gpu_processes", "Processes that hold a context", "", CARD);
    static final Family SESSION_MEMORY = gauge(
            "sluice_session_gpu_memory_bytes",
            "Memory of a card a session holds",
            "bytes",
            card(TENANT.toArray(String[]::new)));
    static final Family SESSION_UTIL = gauge(
            "sluice_session_sm_util_percent",
            "Time in which a session's kernels ran on a card",
            "%",
            card(TENANT.toArray(String[]::new)));

    static final List<Family> CARDS = concat(
                    READINGS.stream().map(OfReading::family),
                    Stream.of(
                            INFO,
                            UP,
                            CLOCK_REASONS,
                            PCIE_ERRORS,
                            NVLINK_UP,
                            LAST_XID,
                            XIDS,
                            FAULTS,
                            HEALTH,
                            MODE,
                            PROCESSES,
                            SESSION_MEMORY,
                            SESSION_UTIL))
            .toList();

    static final Family AGENT_UP = gauge("sluice_node_agent_up", "1 if the node answers, 0 if it is away", "", NODE);
    static final Family DRIVER_UP =
            gauge("sluice_node_gpu_driver_up", "1 if the cards' driver answers, 0 if it hangs", "", NODE);
    static final Family SAMPLE_SECONDS =
            gauge("sluice_node_sample_seconds", "How long the last look took", "seconds", node("part"));
    static final Family CPUS = gauge("sluice_node_cpus", "Processors", "", NODE);
    static final Family CPU = gauge("sluice_node_cpu_util", "Time in which the processors were busy", "%", NODE);
    static final Family LOAD = gauge("sluice_node_load1", "Threads that ran or waited, mean of a minute", "", NODE);
    static final Family MEMORY =
            gauge("sluice_node_mem_bytes", "Memory: total, used, available, cached", "bytes", node("kind"));
    static final Family SWAP = gauge("sluice_node_swap_bytes", "Swap space: total, used", "bytes", node("kind"));
    static final Family MEMORY_PRESSURE = gauge(
            "sluice_node_mem_pressure",
            "Time in the last 10 s in which some or all tasks waited for memory",
            "%",
            node("kind"));
    static final Family PRESSURE = counter(
            "sluice_node_pressure_seconds_total",
            "Time since boot in which some or all tasks waited for a resource",
            "seconds",
            node("resource", "kind"));
    static final Family DISK =
            counter("sluice_node_disk_bytes_total", "Bytes read and written", "bytes", node("device", "direction"));
    static final Family NETWORK =
            counter("sluice_node_net_bytes_total", "Bytes received and sent", "bytes", node("device", "direction"));

    static final List<Family> NODES = List.of(
            AGENT_UP,
            DRIVER_UP,
            SAMPLE_SECONDS,
            CPUS,
            CPU,
            LOAD,
            MEMORY,
            SWAP,
            MEMORY_PRESSURE,
            PRESSURE,
            DISK,
            NETWORK);

    static final Family SESSION_CPU =
            counter("sluice_session_cpu_seconds_total", "Processor time of a session", "seconds", session());
    static final Family SESSION_RAM =
            gauge("sluice_session_memory_bytes", "Memory a session needs, without file cache", "bytes", session());
    static final Family SESSION_LIMIT =
            gauge("sluice_session_memory_limit_bytes", "Memory a session may have", "bytes", session());
    static final Family SESSION_PROCESSES =
            gauge("sluice_session_processes", "Processes and threads of a session", "", session());
    static final Family SESSION_KILLS =
            counter("sluice_session_oom_kills_total", "Processes of a session ended for want of memory", "", session());

    static final List<Family> SESSIONS =
            List.of(SESSION_CPU, SESSION_RAM, SESSION_LIMIT, SESSION_PROCESSES, SESSION_KILLS);

    /// All of them.
    public static List<Family> families() {
        return Stream.of(CARDS, NpuSource.FAMILIES, NODES, SESSIONS, PoolCatalogue.families(), PrometheusPage.OWN)
                .flatMap(List::stream)
                .toList();
    }

    private static OfReading of(String name, String help, String unit, Reading reading) {
        return of(name, help, unit, reading, 1);
    }

    private static OfReading of(String name, String help, String unit, Reading reading, double divisor) {
        return new OfReading(gauge(name, help, unit, CARD), reading, divisor);
    }

    private static OfReading total(String name, String help, String unit, Reading reading) {
        return new OfReading(counter(name, help, unit, CARD), reading, 1);
    }

    private static OfReading lowered(String name, String why, Reading reading) {
        return total("DCGM_FI_DEV_" + name + "_VIOLATION", "Time of lowered clocks because of " + why, "ns", reading);
    }

    private static OfReading nvlink(String name, String what, Reading reading) {
        return total("DCGM_FI_DEV_NVLINK_" + name + "_ERROR_COUNT_TOTAL", "NVLink " + what, "", reading);
    }

    private static OfReading ecc(String name, String help, Reading reading) {
        return total("DCGM_FI_DEV_ECC_" + name + "_TOTAL", help, "", reading);
    }

    private static OfReading rows(String name, String why, Reading reading) {
        return total(name, "Memory rows remapped for " + why, "", reading);
    }

    private static OfReading share(String name, String help, Reading reading) {
        return of(name, help, "share of 1", reading);
    }

    private static List<String> card(String... more) {
        return with(CARD, more);
    }

    private static List<String> node(String... more) {
        return with(NODE, more);
    }

    private static List<String> session() {
        return with(NODE, TENANT.toArray(String[]::new));
    }

    static List<String> with(List<String> labels, String... more) {
        var all = new ArrayList<>(labels);
        all.addAll(List.of(more));
        return all;
    }
}

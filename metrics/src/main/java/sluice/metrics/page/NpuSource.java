package sluice.metrics.page;

import static sluice.metrics.page.Family.gauge;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import sluice.metrics.CardNow;
import sluice.metrics.Snapshot;
import sluice.metrics.gpu.Reading;
import sluice.metrics.gpu.Vendor;

/// Shows Ascend's cards once more, under the names and labels of Huawei's npu-exporter, so that dashboards made for
/// it go on working. What [Reading] has not (voltage, error codes, the network) is not given. npu-exporter writes MB
/// and
/// counts 1,048,576 bytes each.
///
/// @param nodes the last snapshot of each
public record NpuSource(Supplier<List<Snapshot>> nodes) implements Source {
    static final List<String> CHIP = List.of("id", "model_name", "vdie_id", "pcie_bus_info");

    private static final double MIB = 1 << 20;
    private static final double WELL = 0;

    private record Alias(Family family, Reading reading, double unit) {}

    private static final List<Alias> ALIASES = List.of(
            of("utilization", "AI cores at work", "%", Reading.GPU_UTIL, 1),
            of("hbm_used_memory", "Memory used", "MB", Reading.MEMORY_USED, MIB),
            of("hbm_total_memory", "Memory of the chip", "MB", Reading.MEMORY_TOTAL, MIB),
            of("temperature", "Temperature", "C", Reading.TEMPERATURE, 1),
            of("power", "Power drawn", "W", Reading.POWER, 1),
            of("aicore_current_freq", "Clock of the AI cores", "MHz", Reading.SM_CLOCK, 1));

    static final Family HEALTH = gauge("npu_chip_info_health_status", "1 if the chip is well, 0 if not", "", CHIP);

    static final List<Family> FAMILIES = Stream.concat(ALIASES.stream().map(Alias::family), Stream.of(HEALTH))
            .toList();

    private static Alias of(String name, String help, String unit, Reading reading, double divisor) {
        return new Alias(gauge("npu_chip_info_" + name, help, unit, CHIP), reading, divisor);
    }

    @Override
    public String name() {
        return "npus";
    }

    @Override
    public List<Family> families() {
        return FAMILIES;
    }

    @Override
    public void collect(Scrape scrape) {
        for (var node : nodes.get()) {
            node.cards()
                    .ifPresent(seen -> seen.cards().stream()
                            .filter(card -> card.sample().gpu().vendor() == Vendor.ASCEND)
                            .forEach(card -> collect(scrape, card)));
        }
    }

    private static void collect(Scrape scrape, CardNow card) {
        var gpu = card.sample().gpu();
        var readings = card.sample().readings();
        var labels = Labels.of(CHIP, Integer.toString(gpu.index()), gpu.model(), gpu.uuid(), gpu.pciBusId());
        for (var alias : ALIASES) {
            readings.get(alias.reading).ifPresent(value -> scrape.add(alias.family, labels, value / alias.unit));
        }
        readings.get(Reading.DRIVER_HEALTH).ifPresent(health -> scrape.add(HEALTH, labels, health == WELL ? 1 : 0));
    }
}

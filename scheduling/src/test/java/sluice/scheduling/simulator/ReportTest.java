package sluice.scheduling.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Report REPORT = new Report(
            Scenario.USUAL,
            List.of(
                    new Report.Row("reserve", 118, 26_000, 0.11, 4000, 0, 0, 0, 0, 0, 0, 0, 44),
                    new Report.Row("lazy", 16, 11_000.4, 0.256, 4000, 0.023, 0, 0, 2.2, 90, 80, 245L << 30, 16)));

    @Test
    void theTableSaysThatItIsSimulatedAndLinesUp() {
        var lines = REPORT.table().lines().toList();
        assertThat(lines.getFirst())
                .isEqualTo("118 one-GPU notebooks, 30 days, move 0.5 s + bytes at 8 GB/s, seed 7 (simulated)");
        assertThat(lines).hasSize(4);
        assertThat(lines.subList(1, 4))
                .extracting(String::length)
                .containsOnly(lines.get(1).length());
        assertThat(lines.get(3)).startsWith("lazy").contains("25.6%", "2.30%", "2.2 s", "170", "245 GB");
    }

    @Test
    void theJsonHasTheSameFigures() {
        assertThat(REPORT.json())
                .startsWith("{\"simulated\": true, \"notebooks\": 118")
                .contains(
                        "{\"policy\": \"lazy\", \"cards\": 16, \"held_hours\": 11000.4, \"busy\": 0.2560, \"cells\": 4000, "
                                + "\"delayed\": 0.02300, \"p50\": 0.000, \"p95\": 0.000, \"p99\": 2.200, \"outs\": 90, \"ins\": 80, "
                                + "\"peak_host_bytes\": 263066746880, \"peak_cards\": 16}")
                .endsWith("]}");
    }

    @Test
    void quantilesAreValuesThatOccurred() {
        assertThat(Tally.quantile(new double[] {1, 2, 3, 4}, 0.5)).isEqualTo(2);
        assertThat(Tally.quantile(new double[] {1, 2, 3, 4}, 0.99)).isEqualTo(4);
        assertThat(Tally.quantile(new double[] {1}, 0)).isEqualTo(1);
        assertThat(Tally.quantile(new double[0], 0.5)).isZero();
    }
}

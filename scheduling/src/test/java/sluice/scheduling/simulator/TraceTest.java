package sluice.scheduling.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The made-up trace against the published one: cells in minutes p50 5, p75 11, p90 32, p95 95, p99 1021, mean
/// 55; pauses p50 3, p75 7, p90 35, p95 195, p99 3909.
class TraceTest {
    private static final double DAYS = 30;

    private final List<Notebook> trace = Trace.of(Statistics.ONE_GPU, 2000, DAYS, 80L << 30, 7);

    private static double quantile(List<Double> values, double part) {
        return Tally.quantile(
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray(), part);
    }

    @Test
    void cellsAreAsLongAsThePublishedOnes() {
        var minutes = new ArrayList<Double>();
        for (var notebook : trace) for (var cell : notebook.cells()) minutes.add(cell.work() / 60);
        assertThat(quantile(minutes, 0.5)).isCloseTo(5, within(0.7));
        assertThat(quantile(minutes, 0.75)).isCloseTo(11, within(2.5));
        assertThat(quantile(minutes, 0.9)).isCloseTo(32, within(10.0));
        assertThat(quantile(minutes, 0.95)).isCloseTo(95, within(25.0));
        assertThat(quantile(minutes, 0.99)).isCloseTo(1021, within(350.0));
        assertThat(minutes.stream().mapToDouble(Double::doubleValue).average().orElseThrow())
                .isCloseTo(55, within(12.0));
    }

    @Test
    void mostPausesAreAsLongAsThePublishedOnes() {
        var minutes = new ArrayList<Double>();
        for (var notebook : trace) {
            for (var cell : notebook.cells().subList(0, notebook.cells().size() - 1)) minutes.add(cell.pause() / 60);
        }
        assertThat(quantile(minutes, 0.5)).isCloseTo(3, within(0.7));
        assertThat(quantile(minutes, 0.75)).isCloseTo(7, within(5.0));
    }

    @Test
    void everySessionLiesWithinTheTraceAndFitsItsCard() {
        for (var notebook : trace) {
            assertThat(notebook.start()).isNotNegative();
            assertThat(notebook.start() + notebook.span()).isLessThanOrEqualTo(DAYS * 86400 + 1);
            assertThat(notebook.bytes()).isBetween(1L, (long) (0.9 * (80L << 30)));
            assertThat(notebook.cells()).isNotEmpty().allSatisfy(cell -> {
                assertThat(cell.work()).isPositive();
                assertThat(cell.pause()).isNotNegative();
            });
        }
    }

    @Test
    void quickCellsComeInTheTimeOfAPause() {
        var quick = Trace.of(Statistics.ONE_GPU.withQuickCells(3), 50, DAYS, 80L << 30, 7);
        var plain = Trace.of(Statistics.ONE_GPU, 50, DAYS, 80L << 30, 7);
        long more = quick.stream().mapToLong(each -> each.cells().size()).sum();
        long fewer = plain.stream().mapToLong(each -> each.cells().size()).sum();
        assertThat(more).isGreaterThan(2 * fewer);
    }

    @Test
    void theSameSeedMakesTheSameTrace() {
        assertThat(Trace.of(Statistics.ONE_GPU, 20, DAYS, 80L << 30, 7)).isEqualTo(trace.subList(0, 20));
    }
}

package sluice.metrics.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final Gpu CARD =
            SimulatedGpus.open("simulated:1x1GiB").cards().getFirst();

    private static Health health(Map<Reading, Double> readings, Integer... xids) {
        var sample = new GpuSample(CARD, false, Readings.of(readings), Optional.empty(), Map.of());
        return Health.of(sample, Set.of(xids));
    }

    @Test
    void aCardAboutWhichNothingIsKnownIsWell() {
        assertThat(health(Map.of())).isEqualTo(Health.OK);
    }

    @Test
    void aProgramsOwnErrorIsNotTheCards() {
        assertThat(health(Map.of(), 13, 31, 43, 45)).isEqualTo(Health.OK);
    }

    @Test
    void theWorstCounts() {
        assertThat(health(Map.of(), 63)).isEqualTo(Health.DRAIN);
        assertThat(health(Map.of(), 63, 48)).isEqualTo(Health.FAILED);
        assertThat(health(Map.of(), 63, 48, 79)).isEqualTo(Health.LOST);
    }

    @Test
    void theDriversOwnWordCounts() {
        assertThat(health(Map.of(Reading.REMAP_PENDING, 1.0))).isEqualTo(Health.DRAIN);
        assertThat(health(Map.of(Reading.RECOVERY_ACTION, 2.0))).isEqualTo(Health.FAILED);
        assertThat(health(Map.of(Reading.REMAP_FAILURE, 1.0))).isEqualTo(Health.FAILED);
    }

    @Test
    void aLostCardIsLost() {
        assertThat(Health.of(GpuSample.lost(CARD), Set.of())).isEqualTo(Health.LOST);
    }
}

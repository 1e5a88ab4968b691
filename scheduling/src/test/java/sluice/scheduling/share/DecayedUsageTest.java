package sluice.scheduling.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static sluice.scheduling.Pools.NOON;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import sluice.scheduling.Amounts;

class DecayedUsageTest {
    private static final Duration DAY = Duration.ofHours(24);

    /// 1000 GPU-seconds count 500 after one half-life and 250 after two.
    @Test
    void useCountsHalfAfterAHalfLife() {
        var usage = new DecayedUsage(1000, NOON, DAY);
        assertThat(usage.at(NOON.plus(DAY)).gpuSeconds()).isCloseTo(500, within(1e-9));
        assertThat(usage.at(NOON.plus(DAY.multipliedBy(2))).gpuSeconds()).isCloseTo(250, within(1e-9));
        assertThat(usage.at(NOON.minus(DAY))).isEqualTo(usage);
    }

    /// Two cards for one half-life h: 2 · h/ln 2 · (1 − 1/2) = h/ln 2 GPU-seconds, which is one card on average
    /// lately.
    @Test
    void aSteadyUseAppearsAsItsNumberOfCards() {
        var usage = DecayedUsage.none(DAY, NOON).using(2, NOON.plus(DAY));
        assertThat(usage.gpus(NOON.plus(DAY))).isCloseTo(1, within(1e-9));
        var month = DecayedUsage.none(DAY, NOON).using(2, NOON.plus(Duration.ofDays(30)));
        assertThat(month.gpus(NOON.plus(Duration.ofDays(30)))).isCloseTo(2, within(1e-6));
    }

    @Test
    void usingInOneStepOrInManyIsTheSame() {
        var once = DecayedUsage.none(DAY, NOON).using(3, NOON.plus(DAY));
        var many = DecayedUsage.none(DAY, NOON);
        for (int hour = 1; hour <= 24; hour++) many = many.using(3, NOON.plus(Duration.ofHours(hour)));
        assertThat(many.gpuSeconds()).isCloseTo(once.gpuSeconds(), within(1e-6));
    }

    @Test
    void aSuspendedSessionIsChargedATwentieth() {
        var held = new Amounts(2000, 0, 0, 0, 0, 1);
        assertThat(Charge.USUAL.gpus(held, false)).isEqualTo(2);
        assertThat(Charge.USUAL.gpus(held, true)).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void nonsenseIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new DecayedUsage(Double.NaN, NOON, DAY));
        assertThatIllegalArgumentException().isThrownBy(() -> new DecayedUsage(1, NOON, Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DecayedUsage.none(DAY, NOON).using(-1, NOON));
        assertThatIllegalArgumentException().isThrownBy(() -> new Charge(1.5));
    }
}

package sluice.scheduling.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import sluice.scheduling.MoveCost;
import sluice.scheduling.residency.Lazy;
import sluice.scheduling.residency.Reserve;
import sluice.scheduling.residency.Timer;

/// The shape of the published result, on a trace that takes a second: half the notebooks, ten days, eight cards.
class SimulatorTest {
    private static final Scenario SHORT =
            new Scenario(new Statistics(12, 0.8, 35, 0.8, 0), 60, 10, 2, 4, 80L << 30, MoveCost.USUAL, 7);

    private final Lazy lazy = new Lazy(SHORT.cost());

    @Test
    void lazyServesOnAThirdOfTheCardsWithHardlyADelay() {
        var reserve = Simulator.run(SHORT.withCards(1, SHORT.notebooks()), new Reserve());
        var served = Simulator.run(SHORT, lazy);
        assertThat(reserve.delayed()).isZero();
        assertThat(reserve.moves()).isZero();
        assertThat(reserve.peakCards()).isGreaterThan(2 * SHORT.cards());
        assertThat(served.delayed()).isLessThan(0.05);
        assertThat(served.busy()).isGreaterThan(1.5 * reserve.busy());
        assertThat(served.held()).isLessThan(reserve.held());
        assertThat(served.p95()).isZero();
    }

    /// 118 notebooks, 30 days, 16 cards: published are 44 reserved cards at the peak and 97.7% of cells
    /// without delay.
    @Test
    void theUsualScenarioHasThePublishedShape() {
        var usual = Scenario.USUAL;
        var reserve = Simulator.run(usual.withCards(1, usual.notebooks()), new Reserve());
        var served = Simulator.run(usual, lazy);
        assertThat(reserve.peakCards()).isBetween(38, 52);
        assertThat(served.delayed()).isLessThan(0.03);
        assertThat(served.p99()).isLessThan(5);
        var hour = Simulator.run(usual, new Timer(lazy, Duration.ofMinutes(60)));
        assertThat(hour.moves()).isGreaterThan(5 * served.moves());
    }

    @Test
    void timersMoveManyTimesAsOftenForNothing() {
        var served = Simulator.run(SHORT, lazy);
        var hour = Simulator.run(SHORT, new Timer(lazy, Duration.ofMinutes(60)));
        var ten = Simulator.run(SHORT, new Timer(lazy, Duration.ofMinutes(10)));
        var one = Simulator.run(SHORT, new Timer(lazy, Duration.ofMinutes(1)));
        assertThat(hour.moves()).isGreaterThan(served.moves());
        assertThat(ten.moves()).isGreaterThan(2 * served.moves());
        assertThat(one.moves()).isGreaterThan(2 * ten.moves());
        assertThat(one.delayed()).isGreaterThan(ten.delayed()).isGreaterThan(served.delayed());
    }

    @Test
    void reservationOnTheSameCardsIsNoChoice() {
        var reserve = Simulator.run(SHORT, new Reserve());
        assertThat(reserve.p99()).isGreaterThan(3600);
        assertThat(reserve.peakCards()).isEqualTo(SHORT.cards());
    }

    @Test
    void theSameSeedGivesTheSameFiguresAndAnotherOneOthers() {
        assertThat(Simulator.run(SHORT, lazy)).isEqualTo(Simulator.run(SHORT, lazy));
        assertThat(Simulator.run(SHORT.withSeed(8), lazy)).isNotEqualTo(Simulator.run(SHORT, lazy));
    }

    @Test
    void whatIsSharedIsSharedByEverybody() {
        // One card for all of them: cells run one after the other, and every hour of work is done on it.
        var tight = Simulator.run(SHORT.withCards(1, 1), lazy);
        assertThat(tight.peakCards()).isEqualTo(1);
        assertThat(tight.held()).isLessThanOrEqualTo(10 * 24);
        assertThat(tight.busy()).isLessThanOrEqualTo(1);
        assertThat(tight.delayed()).isGreaterThan(0.5);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> SHORT.withCards(0, 8));
        assertThatIllegalArgumentException().isThrownBy(() -> SHORT.withNotebooks(10, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Statistics(0, 1, 1, 1, 0));
    }
}

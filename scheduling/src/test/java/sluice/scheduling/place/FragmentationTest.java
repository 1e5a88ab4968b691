package sluice.scheduling.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FragmentationTest {
    /// Half ask for 0.4, half for a whole card. With 0.6 left only the whole ones do not fit: 600 · 1/2 = 300.
    /// With 0.3 left nobody fits: 300.
    @Test
    void aRestIsWastedForThoseWhoDoNotFit() {
        var sizes = new Fragmentation(Map.of(400, 10, 1000, 10));
        assertThat(sizes.wasted(1000)).isZero();
        assertThat(sizes.wasted(600)).isCloseTo(300, within(1e-9));
        assertThat(sizes.wasted(300)).isCloseTo(300, within(1e-9));
        assertThat(sizes.wasted(0)).isZero();
    }

    /// 0.4 of an empty card spoils 300; of a card with 0.4 left it fills it up, and 400 · 1/2 that were wasted
    /// are not.
    @Test
    void fillingUpIsBetterThanBreakingAnother() {
        var sizes = new Fragmentation(Map.of(400, 10, 1000, 10));
        assertThat(sizes.growth(1000, 400)).isCloseTo(300, within(1e-9));
        assertThat(sizes.growth(400, 400)).isCloseTo(-200, within(1e-9));
    }

    @Test
    void withNothingToGoByWholeCardsAreKept() {
        var sizes = new Fragmentation(Map.of());
        assertThat(sizes.growth(1000, 250)).isPositive();
        assertThat(sizes.growth(500, 250)).isNegative();
    }
}

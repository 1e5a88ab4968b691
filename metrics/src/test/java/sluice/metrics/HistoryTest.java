package sluice.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.metrics.History.Point;
import sluice.metrics.gpu.Reading;

class HistoryTest {
    private final History<Reading> history = new History<>(List.of(Reading.GPU_UTIL, Reading.POWER), 3);

    private static Instant second(int second) {
        return Instant.ofEpochSecond(second);
    }

    @Test
    void anEmptyOneHasNoPoints() {
        assertThat(history.points(Reading.GPU_UTIL)).isEmpty();
    }

    @Test
    void onlyTheLastAreKeptOldestFirst() {
        for (int i = 1; i <= 5; i++) history.add(second(i), i * 10, i);
        assertThat(history.points(Reading.GPU_UTIL))
                .containsExactly(new Point(second(3), 30), new Point(second(4), 40), new Point(second(5), 50));
        assertThat(history.points(Reading.POWER)).extracting(Point::value).containsExactly(3.0, 4.0, 5.0);
    }

    @Test
    void whatWasNotKnownLeavesAGap() {
        history.add(second(1), Double.NaN, 1);
        history.add(second(2), 20, 2);
        assertThat(history.points(Reading.GPU_UTIL)).containsExactly(new Point(second(2), 20));
    }

    @Test
    void valuesThatAreNotKeptHaveNoPoints() {
        history.add(second(1), 1, 1);
        assertThat(history.points(Reading.FAN)).isEmpty();
    }
}

package sluice.gateway.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private static final Duration SOON = Duration.ofSeconds(1);

    private final Backoff backoff = new Backoff();

    @Test
    void aProgramThatKeepsEndingWaitsLongerEachTimeUpToAnEnd() {
        assertThat(backoff.after(SOON)).isEqualTo(Duration.ofMillis(100));
        assertThat(backoff.after(SOON)).isEqualTo(Duration.ofMillis(200));
        assertThat(backoff.after(SOON)).isEqualTo(Duration.ofMillis(400));
        for (int i = 0; i < 20; i++) backoff.after(SOON);
        assertThat(backoff.after(SOON)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void aProgramThatRanWellStartsOverAtOnce() {
        for (int i = 0; i < 5; i++) backoff.after(SOON);
        assertThat(backoff.after(Duration.ofMinutes(2))).isEqualTo(Duration.ofMillis(100));
    }
}

package sluice.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void amountsReadAsPeopleSayThem() {
        assertThat(Words.gpus(4000)).isEqualTo("4 GPUs");
        assertThat(Words.gpus(1000)).isEqualTo("1 GPU");
        assertThat(Words.gpus(250)).isEqualTo("0.25 GPUs");
        assertThat(Words.gpus(0)).isEqualTo("0 GPUs");
        assertThat(Words.cpus(1500)).isEqualTo("1.5 CPUs");
        assertThat(Words.counted(1, "session")).isEqualTo("1 session");
        assertThat(Words.bytes(80L << 30)).isEqualTo("80 GB");
        assertThat(Words.bytes(3L << 29)).isEqualTo("1.5 GB");
        assertThat(Words.bytes(512L << 20)).isEqualTo("512 MB");
        assertThat(Words.bytes(2L << 40)).isEqualTo("2 TB");
        assertThat(Words.bytes(12)).isEqualTo("12 bytes");
    }

    @Test
    void timesAreNoMoreExactThanTheyAreMeant() {
        assertThat(Words.about(Duration.ofMillis(20))).isEqualTo("1 s");
        assertThat(Words.about(Duration.ofSeconds(-5))).isEqualTo("1 s");
        assertThat(Words.about(Duration.ofSeconds(45))).isEqualTo("45 s");
        assertThat(Words.about(Duration.ofSeconds(250))).isEqualTo("4 min");
        assertThat(Words.about(Duration.ofHours(3))).isEqualTo("3 h");
        assertThat(Words.about(Duration.ofDays(4))).isEqualTo("4 days");
    }

    @Test
    void placesInAQueueAreOrdinals() {
        assertThat(Words.ordinal(1)).isEqualTo("1st");
        assertThat(Words.ordinal(2)).isEqualTo("2nd");
        assertThat(Words.ordinal(3)).isEqualTo("3rd");
        assertThat(Words.ordinal(11)).isEqualTo("11th");
        assertThat(Words.ordinal(112)).isEqualTo("112th");
        assertThat(Words.ordinal(121)).isEqualTo("121st");
    }
}

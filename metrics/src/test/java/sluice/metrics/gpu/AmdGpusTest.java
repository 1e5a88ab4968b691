package sluice.metrics.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AmdGpusTest extends DriverContract {
    @Override
    Opener opener() {
        return AmdGpus::open;
    }

    @Override
    String source() {
        return "fake_amdsmi.c";
    }

    @Override
    String init() {
        return "amdsmi_init";
    }

    @Override
    String temperature() {
        return "amdsmi_get_temp_metric";
    }

    @Override
    int notSupported() {
        return 2;
    }

    /// They would need a thread of their own that waits for them.
    @Override
    boolean report(int card, int code) {
        return false;
    }

    @Test
    void figuresComeInOurUnits() {
        var readings = card(0).readings();
        assertThat(readings.get(Reading.POWER))
                .as("the mean, where there is no other")
                .hasValue(123);
        assertThat(readings.get(Reading.POWER_LIMIT)).hasValue(750);
        assertThat(readings.get(Reading.ENERGY)).hasValue(15500);
        assertThat(readings.get(Reading.SM_CLOCK)).hasValue(2100);
        assertThat(readings.get(Reading.MEMORY_CLOCK)).hasValue(1300);
        assertThat(readings.get(Reading.ECC_SINGLE_VOLATILE)).hasValue(7);
        assertThat(world.gpus().cards().get(0).model()).isEqualTo("AMD Instinct MI300X");
        assertThat(world.gpus().cards().get(1).pciBusId()).isEqualTo("0000FFFF:3C:00.0");
    }

    @Test
    void aNewerLibrarysProcessesAreLeftAlone() throws GpusUnavailable {
        driver.set("year", 26).set("0.process", "1 2 3");
        var gpus = opener().open(driver.library(), Patience.DEFAULT, clock);
        assertThat(gpus.sample().cards().get(0).processes()).isEmpty();
    }
}

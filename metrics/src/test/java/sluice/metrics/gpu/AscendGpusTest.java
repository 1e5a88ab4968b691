package sluice.metrics.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class AscendGpusTest extends DriverContract {
    @Override
    Opener opener() {
        return AscendGpus::open;
    }

    @Override
    String source() {
        return "fake_dcmi.c";
    }

    @Override
    String init() {
        return "dcmi_init";
    }

    @Override
    String temperature() {
        return "dcmi_get_device_temperature";
    }

    @Override
    int notSupported() {
        return -8255;
    }

    @Override
    boolean report(int card, int code) {
        driver.add(card + ".error", "0x" + Integer.toHexString(0x80e00000 + code));
        return true;
    }

    @Test
    void figuresComeInOurUnits() {
        var readings = card(0).readings();
        assertThat(readings.get(Reading.POWER)).hasValue(123.4);
        assertThat(readings.get(Reading.MEMORY_TEMPERATURE)).hasValue(41);
        assertThat(readings.get(Reading.SM_CLOCK)).hasValue(1800);
        assertThat(readings.get(Reading.MEMORY_CLOCK)).hasValue(1600);
        assertThat(readings.get(Reading.ECC_SINGLE_VOLATILE)).hasValue(7);
        var card = world.gpus().cards().get(1);
        assertThat(card.model()).isEqualTo("Ascend 910B3");
        assertThat(card.uuid()).isEqualTo("NPU-000000b0-000000b1-000000b2-000000b3-000000b4");
        assertThat(card.deviceFiles()).containsExactly("/dev/davinci1");
    }

    @Test
    void aSickCardFails() {
        driver.set("0.health", 3);
        assertThat(Health.of(card(0), Set.of())).isEqualTo(Health.FAILED);
        driver.set("0.health", 1);
        assertThat(Health.of(card(0), Set.of())).isEqualTo(Health.DRAIN);
    }
}

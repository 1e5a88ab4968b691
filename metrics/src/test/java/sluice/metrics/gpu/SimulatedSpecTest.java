package sluice.metrics.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.metrics.gpu.SimulatedSpec.Group;

class SimulatedSpecTest {
    @Test
    void cardsOfOneKind() {
        assertThat(SimulatedSpec.parse("simulated:4x80GiB").groups()).containsExactly(new Group(4, "GPU", 80L << 30));
    }

    @Test
    void severalKindsAndAllUnits() {
        assertThat(SimulatedSpec.parse("Simulated: 2xH100-80GiB + 1xL4-24GB , 1xRTX 4090-512MiB")
                        .groups())
                .containsExactly(
                        new Group(2, "H100", 80L << 30),
                        new Group(1, "L4", 24_000_000_000L),
                        new Group(1, "RTX 4090", 512L << 20));
    }

    @Test
    void aModelsNameMayHoldADash() {
        assertThat(SimulatedSpec.parse("simulated:1xA100-SXM4-40GiB").groups())
                .containsExactly(new Group(1, "A100-SXM4", 40L << 30));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "simulated",
                "simulated:",
                "simulated:80GiB",
                "simulated:0x80GiB",
                "simulated:4x80",
                "simulated:4x80GiB+",
                "simulated:-1x80GiB",
                "simulated:300x80GiB",
                "simulated:1x0GiB",
                "simulated:1x999TiB",
                "other:1x80GiB"
            })
    void whatIsNotUnderstoodIsRepeatedWithAnExample(String spec) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SimulatedSpec.parse(spec))
                .withMessageContaining("\"" + spec + "\"")
                .withMessageContaining("simulated:4x80GiB");
    }
}

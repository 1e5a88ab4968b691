package sluice.metrics.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SimulatedGpusTest extends GpusContract {
    private final SimulatedGpus gpus = SimulatedGpus.open("simulated:2xH100-80GiB", "here", clock, new Random(1));

    @Override
    World open() {
        return new World() {
            @Override
            public Gpus gpus() {
                return gpus;
            }

            @Override
            public void run(int card, long pid, long bytes, int percent) {
                gpus.occupy(uuid(card), "s-1", pid, bytes, percent);
            }

            @Override
            public void idle(int card) {
                gpus.release(uuid(card), "s-1");
            }

            @Override
            public void lose(int card) {
                gpus.fallOff(uuid(card));
            }

            @Override
            public void bringBack(int card) {
                gpus.reset(uuid(card));
            }

            @Override
            public boolean fail(int card, int code) {
                gpus.fail(uuid(card), code);
                return true;
            }
        };
    }

    @Test
    void theySayThatTheyAreSimulated() {
        assertThat(gpus.cards()).allSatisfy(card -> {
            assertThat(card.simulated()).isTrue();
            assertThat(card.model()).isEqualTo("Simulated H100");
            assertThat(card.uuid()).startsWith("SIM-");
            assertThat(card.deviceFiles()).isEmpty();
        });
    }

    @Test
    void theSameMachineHasTheSameCardsAgainAndAnotherHasOthers() {
        var again = SimulatedGpus.open("simulated:2xH100-80GiB", "here", clock, new Random(2));
        var elsewhere = SimulatedGpus.open("simulated:2xH100-80GiB", "there", clock, new Random(1));
        assertThat(again.cards()).isEqualTo(gpus.cards());
        assertThat(elsewhere.cards()).extracting(Gpu::uuid).doesNotContain(uuid(0), uuid(1));
    }

    @Test
    void groupsStandOneAfterTheOtherAndOnlyTheirMembersAreLinked() {
        var mixed = SimulatedGpus.open("simulated:2xH100-80GiB+1xL4-24GiB, 1x16GiB");
        assertThat(mixed.cards())
                .extracting(Gpu::model)
                .containsExactly("Simulated H100", "Simulated H100", "Simulated L4", "Simulated GPU");
        assertThat(mixed.cards()).extracting(card -> card.links().size()).containsExactly(1, 1, 0, 0);
        assertThat(mixed.cards().get(0).links().get(0).peer())
                .isEqualTo(mixed.cards().get(1).uuid());
    }

    @Test
    void aCardThatWorksGetsWarmAndDrawsPower() {
        var idle = card(0).readings();
        gpus.occupy(uuid(0), "s-1", 1, GIB, 90);
        for (int second = 0; second < 60; second++) sample();
        var busy = card(0).readings();
        assertThat(busy.getOr(Reading.TEMPERATURE, 0)).isGreaterThan(idle.getOr(Reading.TEMPERATURE, 0) + 20);
        assertThat(busy.getOr(Reading.POWER, 0)).isGreaterThan(500);
        assertThat(busy.getOr(Reading.SM_ACTIVE, 0)).isBetween(0.7, 0.9);
        assertThat(busy.getOr(Reading.ENERGY, 0)).isGreaterThan(500.0 * 60 * 1000);
        gpus.release(uuid(0), "s-1");
        for (int second = 0; second < 120; second++) sample();
        assertThat(card(0).readings().getOr(Reading.TEMPERATURE, 0)).isLessThan(40);
    }

    @Test
    void aSessionIsNamedAndMayChangeWhatItHolds() {
        gpus.occupy(uuid(0), "s-1", 1, GIB, 10);
        gpus.occupy(uuid(0), "s-1", 1, 79 * GIB, 10);
        assertThat(card(0).processes().orElseThrow()).singleElement().satisfies(process -> {
            assertThat(process.session()).isEqualTo(Optional.of("s-1"));
            assertThat(process.bytes()).hasValue(79 * GIB);
            assertThat(process.smUtil()).hasValue(10);
        });
    }

    @Test
    void memoryThatIsNotThereIsRefused() {
        gpus.occupy(uuid(0), "s-1", 1, 50 * GIB, 0);
        assertThatIllegalStateException()
                .isThrownBy(() -> gpus.occupy(uuid(0), "s-2", 2, 50 * GIB, 0))
                .withMessageContaining("Out of memory");
        assertThat(gpus.memory(uuid(0)).orElseThrow().used()).isEqualTo(50 * GIB);
    }

    @Test
    void anErrorLeavesItsTraces() {
        gpus.fail(uuid(0), 63);
        gpus.fail(uuid(1), 79);
        var sample = sample();
        assertThat(sample.cards().get(0).readings().get(Reading.REMAP_PENDING)).hasValue(1);
        assertThat(sample.cards().get(1).lost()).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> gpus.occupy(uuid(1), "s-1", 1, 1, 1));
    }

    @Test
    void aSampleAfterALongTimeIsNotAJump() {
        gpus.occupy(uuid(0), "s-1", 1, GIB, 50);
        clock.pass(Duration.ofDays(3));
        assertThat(card(0).readings().getOr(Reading.ENERGY, 0)).isLessThan(700.0 * 61 * 1000);
    }

    @Test
    void thereIsNoOtherCard() {
        assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> gpus.fallOff("GPU-1"));
    }
}

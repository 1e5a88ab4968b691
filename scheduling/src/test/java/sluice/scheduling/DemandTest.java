package sluice.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static sluice.scheduling.Pools.ADA;
import static sluice.scheduling.Pools.GB;
import static sluice.scheduling.Pools.NOON;

import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemandTest {
    @Test
    void whatARequestSaysBecomesOneKindOfAsking() {
        assertThat(Gpus.asked(null, null, null)).isEqualTo(new Gpus.None());
        assertThat(Gpus.asked(0.0, null, null)).isEqualTo(new Gpus.None());
        assertThat(Gpus.asked(2.0, null, null)).isEqualTo(new Gpus.Whole(2));
        assertThat(Gpus.asked(0.25, null, null)).isEqualTo(new Gpus.Fraction(250));
        assertThat(Gpus.asked(0.0001, null, null)).isEqualTo(new Gpus.Fraction(1));
        assertThat(Gpus.asked(0.9999, null, null)).isEqualTo(new Gpus.Fraction(999));
        assertThat(Gpus.asked(null, 10 * GB, null)).isEqualTo(new Gpus.Memory(10 * GB));
        assertThat(Gpus.asked(null, null, "1g.10gb")).isEqualTo(new Gpus.Instance(1, 10 * GB));
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, -0.1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 4097, 1e18})
    void aNumberOfGpusThatNobodyCanHaveIsRefused(double gpus) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gpus.asked(gpus, null, null))
                .withMessageContaining("A number of GPUs lies in 0 to 4096");
    }

    @Test
    void oneAndAHalfCardsAreNeitherWholeNorAPart() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gpus.asked(1.5, null, null))
                .withMessage("1.5 GPUs: ask for whole cards or for a part of one, not for both");
    }

    @Test
    void onlyOneWayOfAskingAtATime() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gpus.asked(1.0, 10 * GB, null))
                .withMessageContaining("only one of them");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1g", "8g.10gb", "1g.10gb ", "0g.5gb", "1g.99999gb", "1G.10GB"})
    void aProfileThatDoesNotExistIsRefused(String profile) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gpus.asked(null, null, profile))
                .withMessageContaining("A MIG profile looks like 1g.10gb");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, Long.MIN_VALUE, Long.MAX_VALUE, (1L << 50) + 1})
    void memoryOnACardIsSomeButNotBeyondReason(long bytes) {
        assertThatIllegalArgumentException().isThrownBy(() -> Gpus.asked(null, bytes, null));
    }

    @Test
    void modesAndPartsGoTogether() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Needs.of(new Gpus.Fraction(250), Mode.EXCLUSIVE))
                .withMessageContaining("exclusive means whole cards");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Needs.of(new Gpus.Whole(1), Mode.MIG))
                .withMessageContaining("MIG profile");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Needs.of(new Gpus.Instance(1, GB), Mode.SWAP))
                .withMessageContaining("profile with mode mig");
    }

    @Test
    void whatTheDriverCannotSuspendIsNotSuspendable() {
        var needs = Needs.of(new Gpus.Fraction(250), Mode.MPS);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Demand("s-1", ADA, Demand.Kind.KERNEL, needs, 1, Terms.NOTEBOOK, NOON))
                .withMessage("What runs in mode mps cannot be suspended: the driver refuses it");
    }

    @Test
    void hostsRanksNamesAndTimesAreChecked() {
        var needs = Needs.of(new Gpus.Whole(8), Mode.EXCLUSIVE);
        assertThatIllegalArgumentException().isThrownBy(() -> needs.withHost(-1, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> needs.withHost(0, -1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> needs.withHost(0, 0, Long.MAX_VALUE));
        assertThatIllegalArgumentException().isThrownBy(() -> needs.onModel(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> new Owner("a/b", "c"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Owner("", "c"));
        assertThatIllegalArgumentException().isThrownBy(() -> Terms.job(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> Terms.job(Duration.ofSeconds(-5)));
        assertThatIllegalArgumentException().isThrownBy(() -> Terms.NOTEBOOK.withMinRuntime(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Demand("", ADA, Demand.Kind.JOB, needs, 1, Terms.job(null), NOON));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Demand("j-1", ADA, Demand.Kind.JOB, needs, 0, Terms.job(null), NOON));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Demand("j-1", ADA, Demand.Kind.JOB, needs, 4096, Terms.job(null), NOON))
                .withMessage("4096 ranks of 8 GPUs are more than the 4096 that can be asked for at once");
    }

    @Test
    void poolsAndAccountsAreChecked() {
        assertThatIllegalArgumentException().isThrownBy(() -> Limits.gpus(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> Limits.gpus(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> Limits.UNLIMITED.withGpuHours(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> Account.of("a").weighing(Double.NaN));
        assertThatIllegalArgumentException().isThrownBy(() -> Account.of("a").deserving(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> Account.of("a").havingUsed(-1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Card("c", "H100", 0, Mode.SWAP, EnumSet.of(Mode.SWAP), 4, Card.Health.OK, "i"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Card("c", "H100", GB, Mode.SWAP, EnumSet.of(Mode.SWAP), 0, Card.Health.OK, "i"));
    }

    /// 10 GB of 80 GB is an eighth: 125 thousandths. 2/7 of a card are 2 · 142 = 284.
    @Test
    void everyWayOfAskingIsAPartOfACard() {
        assertThat(new Gpus.Memory(10 * GB).milliOf(80 * GB)).isEqualTo(125);
        assertThat(new Gpus.Memory(10 * GB + 1).milliOf(80 * GB)).isEqualTo(126);
        assertThat(new Gpus.Memory(81 * GB).milliOf(80 * GB)).isEqualTo(1001);
        assertThat(new Gpus.Fraction(250).bytesOf(80 * GB)).isBetween(20 * GB - 1000, 20 * GB);
        assertThat(new Gpus.Instance(2, 20 * GB).milliOf(80 * GB)).isEqualTo(284);
        assertThat(new Gpus.Whole(3).milliOf(80 * GB)).isEqualTo(1000);
    }

    @Test
    void theLargestDemandStillAddsUp() {
        var needs = Needs.of(new Gpus.Memory(1L << 50), Mode.SLICE).withHost(10_000_000, 1L << 50, 1L << 50);
        assertThat(needs.amounts(4096, 80 * GB).memory()).isPositive();
        assertThat(needs.amounts(4096, 80 * GB).gpuBytes()).isPositive();
    }
}

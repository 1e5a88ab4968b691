package sluice.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.gateway.people.Refused;
import sluice.scheduling.Limits;

class AllowanceTest {
    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, Allowance.MOST_BYTES * 2})
    void aNumberThatNoQuotaCanBeIsRefused(long number) {
        for (int field = 0; field < 6; field++) {
            var which = field;
            assertThatThrownBy(() -> with(which, number))
                    .isInstanceOf(Refused.class)
                    .hasMessageContaining("is from 0 to");
        }
        assertThatThrownBy(() -> new Allowance(null, null, null, null, null, null, null, number, 1))
                .isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.001, 1e300})
    void whatIsNoNumberOrTooLargeIsRefused(double number) {
        assertThatThrownBy(() -> new Allowance(null, null, null, null, null, null, number, 0, 1))
                .hasMessageContaining("GPU-hours is from 0");
        assertThatThrownBy(() -> new Allowance(null, null, null, null, null, null, null, 0, number))
                .hasMessageContaining("weight is from 0");
    }

    @Test
    void nothingAtAllIsAQuotaToo() {
        var nothing = new Allowance(0L, 0L, 0L, 0L, 0L, 0L, 0.0, 0, 0);
        assertThat(nothing.limits().most().milliGpus()).isZero();
        assertThat(Allowance.UNLIMITED.limits()).isEqualTo(Limits.UNLIMITED);
    }

    @Test
    void itIsSaidAsPeopleSayIt() {
        assertThat(Allowance.UNLIMITED.words()).isEqualTo("no limits");
        assertThat(new Allowance(4500L, 80L << 30, 16000L, 1L << 40, 512L << 20, 1L, 100.25, 2000, 0.5).words())
                .isEqualTo("4.5 GPUs, 80 GB of GPU memory, 16 CPUs, 1 TB of memory, 512 MB of disk, 1 session, "
                        + "100.25 GPU-hours a month, 2 GPUs deserved, weight 0.5");
    }

    private static Allowance with(int field, long number) {
        var values = new Long[6];
        values[field] = number;
        return new Allowance(values[0], values[1], values[2], values[3], values[4], values[5], null, 0, 1);
    }
}

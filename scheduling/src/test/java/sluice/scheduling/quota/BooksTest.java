package sluice.scheduling.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static sluice.scheduling.Pools.ADA;
import static sluice.scheduling.Pools.BEN;
import static sluice.scheduling.Pools.EVE;
import static sluice.scheduling.Pools.GB;
import static sluice.scheduling.Pools.NOON;

import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sluice.scheduling.Account;
import sluice.scheduling.Amounts;
import sluice.scheduling.Limits;
import sluice.scheduling.Owner;

class BooksTest {
    private final Books books = new Books();

    private static Amounts gpus(int count) {
        return new Amounts(count * 1000L, count * 80 * GB, 4000, 16 * GB, 0, 1);
    }

    private String refused(String id, Owner owner, Amounts amounts) {
        return books.reserve(id, owner, amounts, NOON).orElseThrow().reason();
    }

    @Test
    void whatIsReservedIsInUseForThePersonTheTeamAndThePool() {
        assertThat(books.reserve("s-1", ADA, gpus(2), NOON)).isEmpty();
        assertThat(books.used("vision/ada")).isEqualTo(gpus(2));
        assertThat(books.used("vision")).isEqualTo(gpus(2));
        assertThat(books.used(Account.POOL)).isEqualTo(gpus(2));
        assertThat(books.used("speech")).isEqualTo(Amounts.ZERO);
        assertThat(books.commit("s-1", Set.of("n1"))).isTrue();
        assertThat(books.used("vision")).isEqualTo(gpus(2));
        books.release("s-1");
        books.release("s-1");
        assertThat(books.used(Account.POOL)).isEqualTo(Amounts.ZERO);
    }

    @Test
    void aRefusalNamesTheTeamsLimitAndOneOfTheOwnersSessions() {
        books.limit("vision", Limits.gpus(4));
        books.reserve("s-7f3a", ADA, gpus(3), NOON);
        books.reserve("s-1b22", BEN, gpus(1), NOON);
        assertThat(refused("s-9", ADA, gpus(1)))
                .isEqualTo("team vision may use 4 GPUs, 4 are in use; ask a manager or stop s-7f3a");
        assertThat(books.holds("s-9")).isFalse();
        // Ada's sessions are not Ben's to stop, but his own is.
        assertThat(refused("s-9", BEN, gpus(1)))
                .isEqualTo("team vision may use 4 GPUs, 4 are in use; ask a manager or stop s-1b22");
        assertThat(refused("s-9", new Owner("vision", "dan"), gpus(1)))
                .isEqualTo("team vision may use 4 GPUs, 4 are in use; ask a manager or wait");
    }

    @Test
    void whatIsLeftIsNotEnough() {
        books.limit("vision/ada", Limits.gpus(4));
        books.reserve("s-1", ADA, gpus(3), NOON);
        assertThat(refused("s-2", ADA, gpus(2)))
                .isEqualTo("you may use 4 GPUs, 3 are in use and this asks for 2; ask a manager or stop s-1");
    }

    @Test
    void everyKindOfLimitHasItsSentence() {
        books.limit(Account.POOL, new Limits(new Amounts(Limits.NONE, 160 * GB, Limits.NONE, Limits.NONE, 0, 9), 1e9));
        books.limit("vision", Limits.UNLIMITED.withSessions(1));
        assertThat(refused("s-1", EVE, gpus(3)))
                .isEqualTo("the pool may use 160 GB of GPU memory, 0 bytes are in use and this asks for 240 GB; "
                        + "wait until some are given back");
        assertThat(books.reserve("s-1", ADA, new Amounts(0, 0, 0, 0, 0, 1), NOON))
                .isEmpty();
        assertThat(refused("s-2", ADA, new Amounts(0, 0, 0, 0, 0, 1)))
                .isEqualTo("team vision may have 1 session, 1 is in use; ask a manager or stop s-1");
        assertThat(refused("s-3", EVE, new Amounts(0, 0, 0, 0, GB, 1))).contains("0 bytes of disk");
    }

    @Test
    void aLimitLoweredBelowWhatIsUsedTakesNothingAwayAndGivesNothingMore() {
        books.reserve("s-1", ADA, gpus(4), NOON);
        books.limit("vision", Limits.gpus(2));
        assertThat(books.holds("s-1")).isTrue();
        assertThat(refused("s-2", ADA, gpus(1)))
                .isEqualTo("team vision may use 2 GPUs, 4 are in use; ask a manager or stop s-1");
        // Whoever wants no GPU is not hindered by it.
        assertThat(books.reserve("s-3", ADA, new Amounts(0, 0, 1000, GB, 0, 1), NOON))
                .isEmpty();
        books.release("s-1");
        assertThat(books.reserve("s-2", ADA, gpus(2), NOON)).isEmpty();
    }

    @Test
    void gpuHoursAreCountedByTheCalendarMonth() {
        books.limit("vision", Limits.UNLIMITED.withGpuHours(100));
        books.spend(ADA, 60, NOON);
        books.spend(BEN, 40, NOON);
        assertThat(books.spent("vision", NOON)).isEqualTo(100);
        assertThat(books.spent("vision/ada", NOON)).isEqualTo(60);
        assertThat(refused("s-1", ADA, gpus(1)))
                .isEqualTo(
                        "team vision has used its 100 GPU-hours of November; ask a manager, or wait until 1 December");
        var december = Instant.parse("2026-12-01T00:00:00Z");
        assertThat(books.reserve("s-1", ADA, gpus(1), december)).isEmpty();
        // What is told late does not count in the month that has begun.
        books.spend(ADA, 1, december);
        books.spend(ADA, 500, NOON);
        assertThat(books.spent("vision", december)).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> books.spend(ADA, Double.NaN, NOON));
    }

    @Test
    void whatExceedsALimitByItselfNeverFits() {
        books.limit("vision", Limits.gpus(4));
        assertThat(books.never(ADA, gpus(8)).orElseThrow().reason())
                .isEqualTo("team vision may use 4 GPUs at most and this asks for 8; ask a manager, or ask for less");
        assertThat(books.never(ADA, gpus(4))).isEmpty();
    }

    @Test
    void aReservationThatNeverStartedLapses() {
        books.reserve("s-1", ADA, gpus(1), NOON);
        books.reserve("s-2", ADA, gpus(1), NOON);
        books.commit("s-2", Set.of("n1"));
        assertThat(books.lapse(NOON)).isEmpty();
        assertThat(books.lapse(NOON.plusSeconds(60))).containsExactly("s-1");
        assertThat(books.commit("s-1", Set.of("n1"))).isFalse();
        assertThat(books.used("vision")).isEqualTo(gpus(1));
    }

    @Test
    void whatRanOnALostNodeHoldsNothing() {
        books.reserve("s-1", ADA, gpus(1), NOON);
        books.commit("s-1", Set.of("n1", "n2"));
        books.adopt("s-2", BEN, gpus(2), Set.of("n3"), NOON);
        assertThat(books.lose("n2")).containsExactly("s-1");
        assertThat(books.lose("n2")).isEmpty();
        assertThat(books.used("vision")).isEqualTo(gpus(2));
    }

    @Test
    void theSameReservationTwiceIsOneAndADifferentOneIsAMistake() {
        books.reserve("s-1", ADA, gpus(1), NOON);
        assertThat(books.reserve("s-1", ADA, gpus(1), NOON)).isEmpty();
        assertThat(books.used("vision")).isEqualTo(gpus(1));
        assertThatIllegalStateException()
                .isThrownBy(() -> books.reserve("s-1", ADA, gpus(2), NOON))
                .withMessageContaining("Cannot reserve for s-1");
    }

    @Test
    void aParkedSessionGivesItsCardsBackAndAsksForThemAgain() {
        books.limit("vision", Limits.gpus(2).withSessions(1));
        books.adopt("s-1", ADA, gpus(2), Set.of("n1"), NOON);
        var parked = new Amounts(0, 0, 4000, 16 * GB, 0, 1);
        books.shrink("s-1", parked);
        assertThat(books.used("vision")).isEqualTo(parked);
        // One session is all the team may have, and it has it already.
        assertThat(books.extend("s-1", ADA, new Amounts(2000, 160 * GB, 0, 0, 0, 1), NOON))
                .isEmpty();
        assertThat(books.used("vision")).isEqualTo(gpus(2));
        assertThat(books.extend("s-1", ADA, new Amounts(1000, GB, 0, 0, 0, 1), NOON))
                .isPresent();
        assertThatIllegalArgumentException().isThrownBy(() -> books.shrink("s-1", gpus(3)));
        books.lose("n1");
        assertThat(books.used("vision")).isEqualTo(Amounts.ZERO);
    }
}

package sluice.scheduling.residency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static sluice.scheduling.Pools.GB;
import static sluice.scheduling.Pools.NOON;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.scheduling.MoveCost;
import sluice.scheduling.residency.Answer.Move;
import sluice.scheduling.residency.Answer.Run;
import sluice.scheduling.residency.Answer.Wait;

class ResidencyTest {
    private final Lazy lazy = new Lazy(MoveCost.USUAL);

    private static Resident idle(String session, long gb, int minutes) {
        return new Resident(session, gb * GB, false, NOON.minus(Duration.ofMinutes(minutes)), true);
    }

    private static Resident busy(String session, long gb) {
        return new Resident(session, gb * GB, true, NOON, true);
    }

    private static Deck deck(String card, Resident... residents) {
        boolean taken = List.of(residents).stream().anyMatch(Resident::busy);
        return new Deck(card, card.substring(0, 2), 80 * GB, residents.length, taken, List.of(residents));
    }

    private Answer wants(Wish wish, Deck... decks) {
        return lazy.wants(wish, List.of(decks), NOON);
    }

    @Test
    void whoeverIsThereRunsAtOnce() {
        assertThat(wants(new Wish("a", 10 * GB, "n1"), deck("n1/0"), deck("n1/1", idle("a", 10, 5), idle("b", 60, 1))))
                .isEqualTo(new Run("n1/1"));
    }

    @Test
    void aFirstCellRunsWhereTheFewestAre() {
        var wish = new Wish("a", 10 * GB, null);
        assertThat(wants(wish, deck("n1/0", idle("b", 10, 5)), deck("n2/0"))).isEqualTo(new Run("n2/0"));
        assertThat(wants(wish, deck("n1/0", idle("b", 20, 5)), deck("n2/0", idle("c", 10, 5))))
                .isEqualTo(new Run("n2/0"));
    }

    @Test
    void stateInMemoryComesBackToItsOwnNodeOnly() {
        assertThat(wants(new Wish("a", 10 * GB, "n1"), deck("n1/0", idle("b", 20, 5)), deck("n2/0")))
                .isEqualTo(new Move("n1/0", List.of()));
    }

    @Test
    void whoeverFindsTheirCardTakenMovesToAnother() {
        assertThat(wants(
                        new Wish("a", 10 * GB, "n1"),
                        deck("n1/0", idle("a", 10, 5), busy("b", 20)),
                        deck("n1/1", idle("c", 20, 5))))
                .isEqualTo(new Move("n1/1", List.of("a")));
    }

    @Test
    void theOneThatHasBeenIdleLongestMakesRoom() {
        // 80 GB: 30 + 30 + 15 are taken, 10 are wanted.
        assertThat(wants(
                        new Wish("a", 10 * GB, null),
                        deck("n1/0", idle("b", 30, 5), idle("c", 30, 50), idle("d", 15, 20))))
                .isEqualTo(new Move("n1/0", List.of("c")));
        // 40 are wanted, so c's 30 and what is free (5) are not enough.
        assertThat(wants(
                        new Wish("a", 40 * GB, null),
                        deck("n1/0", idle("b", 30, 5), idle("c", 30, 50), idle("d", 15, 20))))
                .isEqualTo(new Move("n1/0", List.of("c", "d")));
    }

    @Test
    void theCardWhereMakingRoomTakesLessTimeIsTaken() {
        assertThat(wants(new Wish("a", 70 * GB, null), deck("n1/0", idle("b", 60, 50)), deck("n1/1", idle("c", 12, 5))))
                .isEqualTo(new Move("n1/1", List.of("c")));
    }

    @Test
    void whatCannotBeMovedStays() {
        var stuck = new Resident("b", 60 * GB, false, NOON.minus(Duration.ofHours(5)), false);
        assertThat(wants(new Wish("a", 30 * GB, null), deck("n1/0", stuck))).isInstanceOf(Wait.class);
    }

    @Test
    void whoeverHasToWaitIsToldForWhat() {
        assertThat(wants(new Wish("a", 10 * GB, "n1"), deck("n1/0", idle("a", 10, 5), busy("b", 10)), deck("n2/0")))
                .isEqualTo(new Wait("a cell runs on the only card of node n1, where this session's state is"));
        assertThat(wants(new Wish("a", 10 * GB, null), deck("n1/0", busy("b", 10)), deck("n1/1", busy("c", 10))))
                .isEqualTo(new Wait("a cell runs on each of the 2 cards"));
    }

    @Test
    void aTimerGivesUpWhatWasIdleLongEnough() {
        var timer = new Timer(lazy, Duration.ofMinutes(10));
        var deck = deck("n1/0", idle("a", 10, 9), idle("b", 10, 10), busy("c", 10));
        assertThat(timer.leaving(deck, NOON)).containsExactly("b");
        assertThat(lazy.leaving(deck, NOON)).isEmpty();
        assertThat(timer.name()).isEqualTo("timer 10 min");
        assertThatIllegalArgumentException().isThrownBy(() -> new Timer(lazy, Duration.ZERO));
    }

    @Test
    void aReservedCardIsNobodyElses() {
        var reserve = new Reserve();
        var decks = List.of(deck("n1/0", idle("a", 10, 500)), deck("n1/1"));
        assertThat(reserve.wants(new Wish("a", 10 * GB, "n1"), decks, NOON)).isEqualTo(new Run("n1/0"));
        assertThat(reserve.wants(new Wish("b", 10 * GB, null), decks, NOON)).isEqualTo(new Run("n1/1"));
        assertThat(reserve.wants(new Wish("b", 10 * GB, null), decks.subList(0, 1), NOON))
                .isEqualTo(new Wait("every card is reserved, 1 of 1"));
    }

    /// 0.5 s and 8e9 bytes at 8e9 bytes a second: 1.5 s.
    @Test
    void aMoveCostsAFixedTimeAndTheCopying() {
        assertThat(MoveCost.USUAL.of(8_000_000_000L)).isEqualTo(1.5);
        assertThatIllegalArgumentException().isThrownBy(() -> new MoveCost(Double.NaN, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new MoveCost(0.5, 0));
    }
}

package sluice.scheduling.share;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import sluice.scheduling.share.Division.Claim;

class DivisionTest {
    private static Claim claim(String team, int deserved, int requested, double weight, double recent) {
        return new Claim(team, deserved * 1000L, requested * 1000L, weight, recent);
    }

    private static long[] cards(long... shares) {
        return Arrays.stream(shares).map(share -> share * 1000).toArray();
    }

    @Test
    void everybodyGetsWhatTheyDeserveAsFarAsTheyAskForIt() {
        assertThat(Division.divide(10_000, List.of(claim("a", 6, 6, 1, 0), claim("b", 4, 2, 1, 0)), 0))
                .containsExactly(cards(6, 2));
    }

    /// 12 cards, 4 + 2 deserved; the other 6 go 2 : 1 by weight, so 4 and 2 more.
    @Test
    void whatIsLeftGoesByWeight() {
        assertThat(Division.divide(12_000, List.of(claim("a", 4, 20, 2, 0), claim("b", 2, 20, 1, 0)), 0))
                .containsExactly(cards(8, 4));
    }

    /// 9 cards for three equal weights is 3 each; a wants 1, so its other 2 are divided again: 1, 4, 4.
    @Test
    void whatSomebodyDoesNotWantIsDividedAgain() {
        var claims = List.of(claim("a", 0, 1, 1, 0), claim("b", 0, 9, 1, 0), claim("c", 0, 9, 1, 0));
        assertThat(Division.divide(9000, claims, 0)).containsExactly(cards(1, 4, 4));
    }

    /// Equal weights w = 1/2; a used 6 of 10 cards lately (u = 0.6), b nothing. k = 0.5:
    /// a: 0.5 + 0.5 · (0.5 − 0.6) = 0.45; b: 0.5 + 0.5 · 0.5 = 0.75. Of 10 cards: 3.75 and 6.25, so 4 and 6.
    @Test
    void recentUseTakesOffAWeight() {
        assertThat(Division.divide(10_000, List.of(claim("a", 0, 10, 1, 6), claim("b", 0, 10, 1, 0)), 0.5))
                .containsExactly(cards(4, 6));
    }

    /// a: 0.5 + 2 · (0.5 − 1) = −0.5, so 0: everything to b. Alone, a gets it all the same.
    @Test
    void whoeverUsedTooMuchWaitsForTheOthersButIdleCardsHelpNobody() {
        assertThat(Division.divide(4000, List.of(claim("a", 0, 4, 1, 4), claim("b", 0, 4, 1, 0)), 2))
                .containsExactly(cards(0, 4));
        assertThat(Division.divide(4000, List.of(claim("a", 0, 4, 1, 40)), 2)).containsExactly(cards(4));
    }

    /// 10 cards by 1 : 1 : 1 is 3.33 each: 3 each, and the tenth to the first by name.
    @Test
    void wholeCardsAreLentAndTheRestGoesToTheNearest() {
        var claims = List.of(claim("c", 0, 10, 1, 0), claim("a", 0, 10, 1, 0), claim("b", 0, 10, 1, 0));
        assertThat(Division.divide(10_000, claims, 0)).containsExactly(cards(3, 4, 3));
    }

    @Test
    void whoeverWeighsNothingBorrowsNothing() {
        assertThat(Division.divide(4000, List.of(claim("a", 1, 4, 0, 0), claim("b", 0, 1, 1, 0)), 0.5))
                .containsExactly(cards(1, 1));
    }

    @Provide
    Arbitrary<List<Claim>> claims() {
        var amount = Arbitraries.longs().between(0, 20_000);
        return Combinators.combine(
                        Arbitraries.strings().alpha().ofLength(3),
                        amount,
                        amount,
                        Arbitraries.doubles().between(0, 5),
                        Arbitraries.doubles().between(0, 50))
                .as(Claim::new)
                .list()
                .ofMaxSize(8);
    }

    @Property
    void nothingIsLostAndNobodyGetsMoreThanTheyAskFor(
            @ForAll("claims") List<Claim> claims, @ForAll @LongRange(min = 0, max = 100_000) long capacity) {
        var shares = Division.divide(capacity, claims, 0.5);
        long deserved = 0;
        long wanted = 0;
        for (int i = 0; i < shares.length; i++) {
            var claim = claims.get(i);
            assertThat(shares[i]).isBetween(Math.min(claim.deserved(), claim.requested()), claim.requested());
            deserved += Math.min(claim.deserved(), claim.requested());
            if (claim.weight() > 0.001) wanted += claim.requested() - Math.min(claim.deserved(), claim.requested());
        }
        long given = Arrays.stream(shares).sum();
        assertThat(given).isLessThanOrEqualTo(Math.max(capacity, deserved));
        // What can be lent is lent, but for what rounding to thousandths leaves.
        assertThat(given)
                .isGreaterThanOrEqualTo(Math.min(Math.max(capacity, deserved), deserved + wanted) - 2L * claims.size());
    }
}

package sluice.scheduling.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.scheduling.share.FairTree.Branch;

class FairTreeTest {
    private static Branch person(String name, double weight, double used) {
        return new Branch(name, weight, used, List.of());
    }

    /// S = 1/4, U = 1/2: 0.5. S = 3/4, U = 1/2: 1.5. 0.5 → 1/3 and 1.5 → 3/5 when bounded.
    @Test
    void levelFairnessIsTheShareOverTheUse() {
        assertThat(FairTree.levelFairness(1, 4, 5, 10)).isEqualTo(0.5);
        assertThat(FairTree.levelFairness(3, 4, 5, 10)).isEqualTo(1.5);
        assertThat(FairTree.levelFairness(1, 4, 0, 10)).isInfinite();
        assertThat(FairTree.levelFairness(0, 4, 0, 10)).isZero();
        assertThat(FairTree.bounded(0.5)).isCloseTo(1.0 / 3, within(1e-12));
        assertThat(FairTree.bounded(1.5)).isCloseTo(0.6, within(1e-12));
        assertThat(FairTree.bounded(Double.POSITIVE_INFINITY)).isEqualTo(1);
    }

    /// Speech had 2 of 10 for half of the weights (2.5), vision 8 (0.625). So Eve, who used all of speech's,
    /// still stands before everybody of vision; within vision Ben (0.5 / 0.25 = 2) before Ada (0.5 / 0.75 =
    /// 0.67). Three people: 3/3, 2/3, 1/3.
    @Test
    void aPersonNeverFallsBelowAnotherTeamThatIsDueLess() {
        var speech = new Branch("speech", 1, 2, List.of(person("eve", 1, 2)));
        var vision = new Branch("vision", 1, 8, List.of(person("ada", 1, 6), person("ben", 1, 2)));
        var factors = FairTree.factors(List.of(vision, speech));
        assertThat(factors.keySet()).containsExactly("eve", "ben", "ada");
        assertThat(factors.get("eve")).isEqualTo(1);
        assertThat(factors.get("ben")).isCloseTo(2.0 / 3, within(1e-12));
        assertThat(factors.get("ada")).isCloseTo(1.0 / 3, within(1e-12));
    }

    /// Both teams have 1 / 1, so their members compete as siblings: used 1, 3, 4, 0 of 8.
    @Test
    void teamsThatTieAreWalkedAsOne() {
        var one = new Branch("one", 1, 4, List.of(person("a", 1, 1), person("b", 1, 3)));
        var two = new Branch("two", 1, 4, List.of(person("c", 1, 4), person("d", 1, 0)));
        assertThat(FairTree.factors(List.of(one, two)).keySet()).containsExactly("d", "a", "b", "c");
    }

    @Test
    void whoTiesHasTheSameFactor() {
        var factors = FairTree.factors(List.of(person("a", 1, 2), person("b", 1, 2), person("c", 1, 4)));
        assertThat(factors.get("a")).isEqualTo(1).isEqualTo(factors.get("b"));
        assertThat(factors.get("c")).isCloseTo(1.0 / 3, within(1e-12));
        assertThat(FairTree.factors(List.of())).isEmpty();
    }
}

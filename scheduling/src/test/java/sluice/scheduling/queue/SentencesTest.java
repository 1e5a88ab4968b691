package sluice.scheduling.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.scheduling.Pools.GB;

import org.junit.jupiter.api.Test;
import sluice.scheduling.Demand.Shape;
import sluice.scheduling.Gpus;
import sluice.scheduling.Mode;
import sluice.scheduling.Needs;
import sluice.scheduling.place.Shortage;

class SentencesTest {
    private static final Shortage BUSY = new Shortage(16, 13, null);

    private static String waits(Gpus gpus, Mode mode, int ranks) {
        return Sentences.cards(new Shape(Needs.of(gpus, mode), ranks), null, BUSY);
    }

    @Test
    void everyWayOfAskingHasItsWords() {
        assertThat(waits(new Gpus.Whole(1), Mode.SWAP, 1)).isEqualTo("waiting for a card: 13 of 16 are busy");
        assertThat(waits(new Gpus.Whole(4), Mode.EXCLUSIVE, 1))
                .isEqualTo("waiting for 4 cards on one node: 13 of 16 are busy");
        assertThat(waits(new Gpus.Whole(8), Mode.EXCLUSIVE, 2))
                .isEqualTo("waiting for 2 ranks of 8 cards: 13 of 16 are busy");
        assertThat(waits(new Gpus.Fraction(250), Mode.SLICE, 1))
                .isEqualTo("waiting for 0.25 of a card: 13 of 16 are busy");
        assertThat(waits(new Gpus.Memory(10 * GB), Mode.MPS, 1))
                .isEqualTo("waiting for 10 GB on a card: 13 of 16 are busy");
        assertThat(waits(new Gpus.Instance(2, 20 * GB), Mode.MIG, 1))
                .isEqualTo("waiting for 2/7 of a card: 13 of 16 are busy");
    }

    @Test
    void cardsThatAreFreeInTheWrongPlacesAreExplained() {
        var four = new Shape(Needs.of(new Gpus.Whole(4), Mode.EXCLUSIVE), 1);
        assertThat(Sentences.cards(four, null, new Shortage(16, 3, null)))
                .isEqualTo("waiting for 4 cards on one node: 3 of 16 are busy, and the others do not lie together");
    }

    @Test
    void modelsHaveTheirArticle() {
        var needs = Needs.of(new Gpus.Whole(1), Mode.SWAP);
        assertThat(Sentences.cards(new Shape(needs.onModel("H100"), 1), null, BUSY))
                .startsWith("waiting for an H100:");
        assertThat(Sentences.cards(new Shape(needs.onModel("B200"), 1), null, BUSY))
                .startsWith("waiting for a B200:");
    }

    @Test
    void whoNeedsNoCardWaitsForTheRest() {
        var needs = Needs.of(new Gpus.None(), Mode.SWAP).withHost(4000, 8 * GB, 0);
        assertThat(Sentences.host(new Shape(needs, 1))).isEqualTo("waiting for 4 CPUs and 8 GB of memory on one node");
    }
}

package sluice.scheduling.place;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.scheduling.Pools.ADA;
import static sluice.scheduling.Pools.GB;
import static sluice.scheduling.Pools.node;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.scheduling.Demand.Shape;
import sluice.scheduling.Gpus;
import sluice.scheduling.Mode;
import sluice.scheduling.Needs;
import sluice.scheduling.Pools;

class ReachTest {
    private final Reach reach = new Reach(List.of(node("n1", 8, Mode.EXCLUSIVE), node("n2", 4, Mode.EXCLUSIVE)));

    private static Needs whole(int cards) {
        return Needs.of(new Gpus.Whole(cards), Mode.EXCLUSIVE);
    }

    private String never(Needs needs, int ranks) {
        return reach.never(new Shape(needs, ranks)).orElse("");
    }

    @Test
    void whatAnEmptyPoolCouldDoIsNotRefused() {
        assertThat(never(whole(8), 1)).isEmpty();
        assertThat(never(whole(4), 3)).isEmpty();
        assertThat(never(Needs.of(new Gpus.None(), Mode.SWAP).withHost(64_000, 512 * GB, 0), 2))
                .isEmpty();
        assertThat(reach.never(Pools.job("j", ADA, 1, 12, Duration.ofHours(1)).shape()))
                .isEmpty();
    }

    @Test
    void everythingElseIsRefusedWithWhatThereIs() {
        assertThat(never(whole(1).onModel("B200"), 1)).isEqualTo("no GPU of model B200 in this pool; it has H100");
        assertThat(never(whole(9), 1)).isEqualTo("asks for 9 GPUs on one node; the largest has 8: split it into ranks");
        assertThat(never(whole(8), 2)).isEqualTo("asks for 16 GPUs; this pool has 12 such");
        assertThat(never(whole(6), 2)).isEqualTo("asks for 2 ranks of 6 GPUs each; on an empty pool 1 rank would fit");
        assertThat(never(Needs.of(new Gpus.Whole(1), Mode.SWAP), 1))
                .isEqualTo("no GPU of this pool may be put into mode swap");
        assertThat(never(whole(1).withHost(65_000, 0, 0), 1))
                .isEqualTo("asks for 65 CPUs on one node; the largest node has 64 CPUs");
        assertThat(never(whole(1).withHost(0, 1024 * GB, 0), 1))
                .isEqualTo("asks for 1 TB of memory on one node; the largest node has 512 GB");
        assertThat(never(whole(1).withHost(0, 0, 8192 * GB), 1))
                .isEqualTo("asks for 8 TB of disk on one node; the largest node has 4 TB");
    }

    @Test
    void memoryOnOneCardHasAnEnd() {
        var sliced = new Reach(List.of(node("n1", 2, Mode.SLICE)));
        assertThat(sliced.never(new Shape(Needs.of(new Gpus.Memory(100 * GB), Mode.SLICE), 1))
                        .orElseThrow())
                .isEqualTo("asks for 100 GB on one GPU; the largest GPU has 80 GB");
    }

    @Test
    void aPoolWithoutCardsSaysSo() {
        var bare = new Reach(List.of(node("n1", 0, Mode.SWAP)));
        assertThat(bare.never(new Shape(whole(1), 1)).orElseThrow())
                .isEqualTo("asks for a GPU, and this pool has none");
        assertThat(bare.never(new Shape(Needs.of(new Gpus.None(), Mode.SWAP), 1)))
                .isEmpty();
    }
}

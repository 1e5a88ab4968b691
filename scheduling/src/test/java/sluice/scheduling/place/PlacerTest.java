package sluice.scheduling.place;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.scheduling.Pools.ADA;
import static sluice.scheduling.Pools.GB;
import static sluice.scheduling.Pools.NOON;
import static sluice.scheduling.Pools.job;
import static sluice.scheduling.Pools.lease;
import static sluice.scheduling.Pools.node;
import static sluice.scheduling.Pools.notebook;
import static sluice.scheduling.Pools.slice;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sluice.scheduling.Card;
import sluice.scheduling.Demand;
import sluice.scheduling.Gpus;
import sluice.scheduling.Lease;
import sluice.scheduling.Mode;
import sluice.scheduling.Needs;
import sluice.scheduling.Node;
import sluice.scheduling.Placement;
import sluice.scheduling.Pools;

class PlacerTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private static Board board(List<Node> nodes, Lease... leases) {
        var board = new Board(nodes);
        for (var lease : leases) board.take(lease.placement());
        return board;
    }

    private static Placer placer(Board board) {
        return new Placer(board, new Fragmentation(Map.of(400, 1, 1000, 1)));
    }

    private static List<String> cards(Placement placement) {
        return placement.parts().stream()
                .flatMap(part -> part.shares().stream())
                .map(Placement.Share::card)
                .toList();
    }

    private static Lease whole(String node, String... cards) {
        return lease(job("on-" + cards[0], ADA, cards.length, HOUR), NOON, node, cards);
    }

    @Test
    void aPartGoesWhereItSpoilsLeast() {
        var nodes = List.of(node("n1", 3, Mode.SLICE));
        var board = board(
                nodes,
                lease(slice("a", ADA, 600, HOUR), NOON, "n1", "n1/1"),
                lease(slice("b", ADA, 300, HOUR), NOON, "n1", "n1/2"));
        // n1/0 is empty (growth 300), n1/1 has 0.4 left (−200), n1/2 has 0.7 (350 to 300 · 1: −50).
        var found =
                placer(board).place(slice("c", ADA, 400, HOUR).shape(), null).orElseThrow();
        assertThat(cards(found)).containsExactly("n1/1");
    }

    @Test
    void aWholeCardGoesToTheFullestNodeThatHasIt() {
        var board = board(
                List.of(node("n1", 4, Mode.EXCLUSIVE), node("n2", 4, Mode.EXCLUSIVE)),
                whole("n1", "n1/0"),
                whole("n2", "n2/0", "n2/1"));
        assertThat(cards(placer(board)
                        .place(job("j", ADA, 1, HOUR).shape(), null)
                        .orElseThrow()))
                .containsExactly("n2/2");
        assertThat(cards(placer(board)
                        .place(job("j", ADA, 3, HOUR).shape(), null)
                        .orElseThrow()))
                .containsExactly("n1/1", "n1/2", "n1/3");
    }

    @Test
    void oneIslandIsBetterThanAFullerNode() {
        // n1: two islands of two with one card left in each; n2: an island of four, all free.
        var board = board(
                List.of(node("n1", 4, Mode.EXCLUSIVE, 2), node("n2", 4, Mode.EXCLUSIVE)),
                whole("n1", "n1/0"),
                whole("n1", "n1/2"));
        assertThat(cards(placer(board)
                        .place(job("j", ADA, 2, HOUR).shape(), null)
                        .orElseThrow()))
                .containsExactly("n2/0", "n2/1");
    }

    @Test
    void aGangTakesTheFewestIslandsAndThenTheFewestNodes() {
        // Rack r joins n1 and n2 by NVLink; n3 and n4 are islands of their own.
        var nodes = List.of(
                inRack("n1", 4, "r"),
                inRack("n2", 4, "r"),
                node("n3", 4, Mode.EXCLUSIVE),
                node("n4", 4, Mode.EXCLUSIVE));
        var two = placer(board(nodes))
                .place(job("j", ADA, 4, 2, HOUR).shape(), null)
                .orElseThrow();
        assertThat(two.parts()).extracting(Placement.Part::node).containsExactlyInAnyOrder("n1", "n2");
        // Four ranks of one card: one island and one node are enough, and the smaller island is taken.
        var four = placer(board(nodes))
                .place(job("j", ADA, 1, 4, HOUR).shape(), null)
                .orElseThrow();
        assertThat(four.parts()).extracting(Placement.Part::node).containsOnly("n3");
        // Three of four cards: the rack and one more.
        var three = placer(board(nodes))
                .place(job("j", ADA, 4, 3, HOUR).shape(), null)
                .orElseThrow();
        assertThat(three.parts()).extracting(Placement.Part::node).containsExactlyInAnyOrder("n1", "n2", "n3");
    }

    private static Node inRack(String name, int cards, String island) {
        var all = IntStream.range(0, cards)
                .mapToObj(i -> Pools.card(name + "/" + i, Mode.EXCLUSIVE, island))
                .toArray(Card[]::new);
        return Pools.with(node(name, 1, Mode.EXCLUSIVE), all);
    }

    @Test
    void aGangStartsAsAWholeOrNotAtAll() {
        var nodes = List.of(node("n1", 4, Mode.EXCLUSIVE), node("n2", 4, Mode.EXCLUSIVE));
        var board = board(nodes, whole("n2", "n2/0"));
        assertThat(placer(board).place(job("j", ADA, 4, 2, HOUR).shape(), null)).isEmpty();
        assertThat(placer(board).place(job("j", ADA, 3, 2, HOUR).shape(), null)).isPresent();
    }

    @Test
    void aRankMaySpanIslandsWhereNoneIsLargeEnough() {
        var board = board(List.of(node("n1", 4, Mode.EXCLUSIVE, 2)));
        assertThat(cards(placer(board)
                        .place(job("j", ADA, 4, HOUR).shape(), null)
                        .orElseThrow()))
                .hasSize(4);
        assertThat(placer(board).place(job("j", ADA, 3, 1, HOUR).shape(), null)).isPresent();
    }

    @Test
    void seatsInModeSwapAreSpreadOverTheCards() {
        var nodes = List.of(node("n1", 2, Mode.SWAP));
        var board = board(nodes, lease(notebook("a", ADA, Mode.SWAP), NOON, "n1", "n1/0"));
        assertThat(cards(placer(board)
                        .place(notebook("b", ADA, Mode.SWAP).shape(), null)
                        .orElseThrow()))
                .containsExactly("n1/1");
        // 2 cards with 4 seats each carry eight of them.
        for (int i = 0; i < 7; i++) {
            board.take(placer(board)
                    .place(notebook("x" + i, ADA, Mode.SWAP).shape(), null)
                    .orElseThrow());
        }
        assertThat(placer(board).place(notebook("y", ADA, Mode.SWAP).shape(), null))
                .isEmpty();
    }

    @Test
    void aCardChangesItsModeOnlyWhileItIsEmpty() {
        var card =
                new Card("n1/0", "H100", 80 * GB, Mode.SWAP, EnumSet.of(Mode.SWAP, Mode.SLICE), 4, Card.Health.OK, "i");
        var nodes = List.of(Pools.with(node("n1", 1, Mode.SWAP), card));
        assertThat(placer(board(nodes)).place(slice("a", ADA, 250, HOUR).shape(), null))
                .isPresent();
        assertThat(placer(board(nodes)).place(job("a", ADA, 1, HOUR).shape(), null))
                .isEmpty();
        var used = board(nodes, lease(notebook("b", ADA, Mode.SWAP), NOON, "n1", "n1/0"));
        assertThat(placer(used).place(slice("a", ADA, 250, HOUR).shape(), null)).isEmpty();
    }

    @Test
    void aSuspectCardIsTakenLastAndACordonedOneNever() {
        var suspect = new Card(
                "n1/0", "H100", 80 * GB, Mode.EXCLUSIVE, EnumSet.of(Mode.EXCLUSIVE), 1, Card.Health.SUSPECT, "i");
        var cordoned = new Card(
                "n1/1", "H100", 80 * GB, Mode.EXCLUSIVE, EnumSet.of(Mode.EXCLUSIVE), 1, Card.Health.CORDONED, "i");
        var good = Pools.card("n1/2", Mode.EXCLUSIVE, "i");
        var nodes = List.of(Pools.with(node("n1", 1, Mode.EXCLUSIVE), suspect, cordoned, good));
        assertThat(cards(placer(board(nodes))
                        .place(job("j", ADA, 1, HOUR).shape(), null)
                        .orElseThrow()))
                .containsExactly("n1/2");
        assertThat(placer(board(nodes)).place(job("j", ADA, 2, HOUR).shape(), null))
                .isPresent();
        assertThat(placer(board(nodes)).place(job("j", ADA, 3, HOUR).shape(), null))
                .isEmpty();
    }

    @Test
    void coresAndMemoryAreNeededBesideTheCard() {
        var board = board(List.of(node("n1", 2, Mode.EXCLUSIVE)));
        var hungry = Pools.needing(
                job("j", ADA, 1, HOUR),
                Needs.of(new Gpus.Whole(1), Mode.EXCLUSIVE).withHost(40_000, GB, 0));
        board.take(placer(board).place(hungry.shape(), null).orElseThrow());
        assertThat(placer(board).place(hungry.shape(), null)).isEmpty();
        assertThat(placer(board).cardsSuffice(hungry.shape())).isTrue();
    }

    @Test
    void whoNeedsNoCardGoesWhereThereAreFewest() {
        var board = board(List.of(node("n1", 8, Mode.SWAP), node("n2", 0, Mode.SWAP)));
        var shell = Pools.needing(
                notebook("s", ADA, Mode.SWAP),
                Needs.of(new Gpus.None(), Mode.SWAP).withHost(1000, GB, 0));
        assertThat(placer(board).place(shell.shape(), null).orElseThrow().parts())
                .extracting(Placement.Part::node)
                .containsExactly("n2");
    }

    @Test
    void roomThatIsKeptServesOnlyThoseWhoAreGoneInTime() {
        var board = board(List.of(node("n1", 1, Mode.EXCLUSIVE)));
        Demand.Shape shape = job("j", ADA, 1, HOUR).shape();
        board.hold(placer(board).place(shape, null).orElseThrow(), "big", NOON.plus(HOUR), false);
        assertThat(placer(board).place(shape, null)).isEmpty();
        assertThat(placer(board).place(shape, NOON.plus(HOUR))).isPresent();
        assertThat(placer(board).place(shape, NOON.plus(HOUR).plusMillis(1))).isEmpty();
        assertThat(placer(board).placeAnyway(shape)).isPresent();
    }

    /// Free: 0.6 and 1. With half asking for 0.4 and half for a whole card 300 of 1600 are wasted.
    @Test
    void theFragmentationRatioIsWhatNobodyCanUseOfWhatIsFree() {
        var board = board(List.of(node("n1", 2, Mode.SLICE)), lease(slice("a", ADA, 400, HOUR), NOON, "n1", "n1/0"));
        assertThat(board.fragmentation(new Fragmentation(Map.of(400, 1, 1000, 1))))
                .isEqualTo(300.0 / 1600);
    }
}

package sluice.scheduling.place;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Needs;
import sluice.scheduling.Node;
import sluice.scheduling.Placement.Part;

/// What of a node is left.
final class FreeNode {
    final Node node;
    final List<FreeCard> cards = new ArrayList<>();
    private long milliCpus;
    private long memory;
    private long disk;

    /// Thousandths of its cards that are taken: what makes it fuller than another.
    int taken;

    @Nullable
    Hold hold;

    FreeNode(Node node) {
        this.node = node;
        this.milliCpus = node.milliCpus();
        this.memory = node.memory();
        this.disk = node.disk();
        for (var card : node.cards()) cards.add(new FreeCard(card, this));
    }

    boolean hosts(Needs needs) {
        return node.takes() && needs.milliCpus() <= milliCpus && needs.memory() <= memory && needs.disk() <= disk;
    }

    /// How many ranks the cores, memory and disk suffice for.
    int ranks(Needs needs, int most) {
        if (!node.takes()) return 0;
        return (int) Math.max(0, needs.ranks(most, milliCpus, memory, disk));
    }

    long cpusLeft() {
        return milliCpus;
    }

    void take(Part part) {
        milliCpus -= part.milliCpus();
        memory -= part.memory();
        disk -= part.disk();
    }

    void give(Part part) {
        milliCpus += part.milliCpus();
        memory += part.memory();
        disk += part.disk();
    }
}

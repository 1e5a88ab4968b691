package sluice.scheduling.place;

import java.util.EnumSet;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Card;
import sluice.scheduling.Gpus;
import sluice.scheduling.Mode;

/// What of a card is taken.
final class FreeCard {
    final Card card;
    final FreeNode node;
    private final EnumSet<Mode> modes = EnumSet.noneOf(Mode.class);
    private Mode mode;
    private int holders;
    private int taken;
    private long takenBytes;

    @Nullable
    Hold hold;

    FreeCard(Card card, FreeNode node) {
        this.card = card;
        this.node = node;
        this.mode = card.mode();
        for (var each : Mode.values()) if (card.may(each)) modes.add(each);
    }

    /// Whether it is the kind of card that is asked for, full or not.
    boolean suits(@Nullable String model, Mode wanted) {
        return card.health().takes() && (model == null || model.equals(card.model())) && modes.contains(wanted);
    }

    boolean fits(Gpus ask, Mode wanted) {
        if (holders > 0 && mode != wanted) return false;
        int milli = ask.milliOf(card.bytes());
        long bytes = ask.bytesOf(card.bytes());
        if (milli > free(wanted) || milli > 1000 || bytes > card.bytes()) return false;
        // In mode swap those who do not run can be moved out: only what one holds alone must fit the card.
        return wanted == Mode.SWAP || bytes <= card.bytes() - takenBytes;
    }

    /// Thousandths that are left in a mode.
    int free(Mode wanted) {
        return holders == 0 ? card.capacity(wanted) : card.capacity(mode) - taken;
    }

    boolean changesMode(Mode wanted) {
        return holders == 0 && card.mode() != wanted;
    }

    int holders() {
        return holders;
    }

    boolean suspect() {
        return card.health() == Card.Health.SUSPECT;
    }

    void take(Mode in, int milli, long bytes) {
        if (holders++ == 0) mode = in;
        taken += milli;
        takenBytes += bytes;
        node.taken += milli;
    }

    void give(int milli, long bytes) {
        holders--;
        taken -= milli;
        takenBytes -= bytes;
        node.taken -= milli;
        if (holders == 0) mode = card.mode();
    }
}

package sluice.scheduling.queue;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Demand;
import sluice.scheduling.Demand.Shape;
import sluice.scheduling.Gpus;
import sluice.scheduling.Needs;
import sluice.scheduling.Placement;
import sluice.scheduling.Snapshot.Waiting;
import sluice.scheduling.Words;
import sluice.scheduling.place.Shortage;

/// What users are told. Each is one plain sentence that says what is the matter, and what comes next where
/// that is known.
final class Sentences {
    private Sentences() {}

    /// `starts on node n1 with 1 GPU`
    static String granted(Waiting waiting, Placement placement) {
        var nodes =
                placement.parts().stream().map(Placement.Part::node).distinct().toList();
        long milli = placement.amounts().milliGpus();
        return (waiting.resumes() ? "comes back on node" : "starts on node")
                + (nodes.size() == 1 ? " " : "s ")
                + String.join(", ", nodes)
                + (milli == 0 ? "" : " with " + Words.gpus(milli));
    }

    /// `waiting for a card: 2 of 2 are busy`
    static String cards(Shape shape, @Nullable String home, Shortage shortage) {
        if (shape.needs().gpus() instanceof Gpus.None) return "waiting for room on a node";
        int free = shortage.cards() - shortage.busy();
        var where = home == null ? "" : " of node %s, where its state is".formatted(home);
        if (free > 0 && shortage.holder() != null)
            return "%s%s: the free ones are kept for %s, which has waited longer"
                    .formatted(waitingFor(shape), where, shortage.holder());
        var busy = "%s%s: %d of %d %s busy"
                .formatted(
                        waitingFor(shape),
                        where,
                        shortage.busy(),
                        shortage.cards(),
                        shortage.busy() == 1 ? "is" : "are");
        int asked = shape.ranks() * shape.needs().gpus().cards();
        boolean scattered = asked > 1 && free >= asked;
        return scattered ? busy + ", and the others do not lie together" : busy;
    }

    /// `waiting for a card: some are free, but not 64 CPUs and 256 GB of memory beside them`
    static String host(Shape shape) {
        var needs = shape.needs();
        if (needs.gpus() instanceof Gpus.None) return "waiting for %s on one node".formatted(beside(needs));
        return "%s: some are free, but not %s beside them".formatted(waitingFor(shape), beside(needs));
    }

    private static String beside(Needs needs) {
        return String.join(" and ", Words.host(needs));
    }

    private static String waitingFor(Shape shape) {
        var needs = shape.needs();
        var noun = needs.model() == null ? "card" : needs.model();
        // One says an A100 and an H100, but a B200 and a V100.
        var one = ("AEFHILMNORSX".indexOf(noun.charAt(0)) < 0 ? "a " : "an ") + noun;
        var rank = switch (needs.gpus()) {
            case Gpus.None() -> "room";
            case Gpus.Whole(int count) when count == 1 -> one;
            case Gpus.Whole(int count) when shape.ranks() > 1 -> "%d %ss".formatted(count, noun);
            case Gpus.Whole(int count) -> "%d %ss on one node".formatted(count, noun);
            case Gpus.Fraction(int milli) -> "%s of %s".formatted(milli / 1000.0, one);
            case Gpus.Memory(long bytes) -> "%s on %s".formatted(Words.bytes(bytes), one);
            case Gpus.Instance(int sevenths, var _) -> "%d/7 of %s".formatted(sevenths, one);
        };
        return "waiting for " + (shape.ranks() == 1 ? rank : "%d ranks of %s".formatted(shape.ranks(), rank));
    }

    /// `; you are 3rd, about 4 min`
    static String place(int place, @Nullable Instant eta, Instant now) {
        var said = "; you are " + Words.ordinal(place);
        return eta == null ? said : said + ", about " + Words.about(Duration.between(now, eta));
    }

    /// `s-2 is moving out for it, about 4 s`
    static String room(Victims.Room room, Duration time) {
        if (room.victims().isEmpty()) return "room is being made for it and for others";
        var first = room.victims().getFirst().lease().id();
        int others = room.victims().size() - 1;
        return (others == 0
                        ? first + " is moving out"
                        : first + " and " + Words.counted(others, "other") + " are moving out")
                + " for it, about "
                + Words.about(time);
    }

    /// `s-2 is not used and cannot be suspended: it will be stopped in 10 min unless it is used`
    static String notice(Victim victim, Duration left) {
        return "%s is not used and cannot be suspended: it will be stopped in %s unless it is used"
                .formatted(victim.lease().id(), Words.about(left));
    }

    static String leaves(Victim victim, Demand to, Instant now) {
        var idle = Words.about(Duration.between(victim.lease().changed(), now));
        return switch (victim.way()) {
            case LEAVING -> "is on its way out";
            case IDLE ->
                "idle for %s, and %s needs the card; your state is kept and comes back with the next cell"
                        .formatted(idle, to.id());
            case SPOT -> "%s needs the card, and this runs on what is left over; it is queued again".formatted(to.id());
            case UNUSED -> "idle for %s, cannot be suspended, and %s needs the card".formatted(idle, to.id());
            case BORROWED ->
                "team %s had borrowed this card, and team %s is due it; it is queued again"
                        .formatted(
                                victim.lease().demand().owner().team(),
                                to.owner().team());
            case BORROWED_BUSY ->
                "team %s had borrowed this card, and team %s is due it; it goes on later, with nothing lost"
                        .formatted(
                                victim.lease().demand().owner().team(),
                                to.owner().team());
            case LOWER -> "%s of your team is more urgent; it goes on later".formatted(to.id());
            case TURN -> "it is %s's turn on this card; yours comes again, with nothing lost".formatted(to.id());
        };
    }
}

package sluice.scheduling.queue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Decision;
import sluice.scheduling.Decision.Cause;
import sluice.scheduling.Decision.Wait;
import sluice.scheduling.Demand;
import sluice.scheduling.Snapshot.Waiting;
import sluice.scheduling.place.Shortage;

/// Those who wait, in order, and what each of them is told.
final class Waits {
    private final Outlook outlook;
    private final Instant now;
    private final List<Told> told = new ArrayList<>();
    private final Map<Wanted, Why> whys = new HashMap<>();
    private final Map<String, Ahead> ahead = new HashMap<>();

    /// By kind of card, how many had been told to wait when somebody was last let through.
    private final Map<String, Integer> overtaken = new HashMap<>();

    private record Why(Cause cause, String sentence) {}

    /// @param queue empty where nobody can be overtaken
    private record Told(
            Waiting waiting,
            Cause cause,
            String reason,
            int place,
            @Nullable Instant eta,
            @Nullable String queue) {}

    private static final class Ahead {
        int count;
        long milli;
    }

    Waits(Outlook outlook, Instant now) {
        this.outlook = outlook;
        this.now = now;
    }

    void limited(Waiting waiting, String reason) {
        told.add(new Told(waiting, Cause.LIMIT, reason, 0, null, null));
    }

    void moving(Waiting waiting, String reason, Instant eta) {
        told.add(new Told(
                waiting,
                Cause.ROOM,
                reason,
                0,
                eta,
                Outlook.queue(waiting.demand().needs())));
    }

    /// @param shortage asked once for each shape; empty where cards are free, and something else is not
    void blocked(Waiting waiting, long milli, Supplier<Optional<Shortage>> shortage) {
        var demand = waiting.demand();
        var asked = Wanted.by(waiting);
        var why = whys.get(asked);
        if (why == null) {
            why = why(asked, shortage.get());
            whys.put(asked, why);
        }
        var queue = Outlook.queue(demand.needs());
        var before = ahead.computeIfAbsent(queue, _ -> new Ahead());
        int place = ++before.count;
        before.milli += milli;
        var eta = outlook.when(demand.needs(), before.milli);
        told.add(new Told(waiting, why.cause, why.sentence, place, eta, queue));
    }

    private static Why why(Wanted asked, Optional<Shortage> known) {
        if (known.isEmpty()) return new Why(Cause.HOST, Sentences.host(asked.shape()));
        var shortage = known.get();
        var cause = shortage.holder() != null && shortage.busy() < shortage.cards() ? Cause.HELD : Cause.CARDS;
        return new Why(cause, Sentences.cards(asked.shape(), asked.home(), shortage));
    }

    /// Somebody is let through: whoever was told to wait for such a card before has been overtaken.
    /// @return whether there is anybody whom it passes by
    boolean overtaken(Demand by) {
        var queue = Outlook.queue(by.needs());
        overtaken.put(queue, told.size());
        return ahead.containsKey(queue);
    }

    void tell(List<Decision> decisions) {
        for (int i = 0; i < told.size(); i++) {
            var each = told.get(i);
            int bypassed = each.waiting.bypassed();
            if (each.queue != null && i < overtaken.getOrDefault(each.queue, 0)) bypassed++;
            var reason = each.place == 0 ? each.reason : each.reason + Sentences.place(each.place, each.eta, now);
            var blocked = each.cause == Cause.LIMIT ? null : Objects.requireNonNullElse(each.waiting.blocked(), now);
            decisions.add(
                    new Wait(each.waiting.demand().id(), each.cause, reason, each.place, each.eta, bypassed, blocked));
        }
    }
}

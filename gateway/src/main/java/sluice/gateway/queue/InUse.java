package sluice.gateway.queue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Account;
import sluice.scheduling.Amounts;

/// What each account holds now, and what is held of each card.
public final class InUse {
    private final Map<String, Amounts> held = new HashMap<>();
    private final Map<Part, Integer> cards = new HashMap<>();

    /// @param user null for everybody together
    private record Part(String card, @Nullable String user) {}

    public InUse(List<Held> all) {
        for (var each : all) {
            var owner = each.row().owner();
            var amounts = each.lease().placement().amounts();
            for (var account : Account.of(owner)) held.merge(account, amounts, Amounts::plus);
            for (var part : each.lease().placement().parts()) {
                for (var share : part.shares()) {
                    cards.merge(new Part(share.card(), null), share.milli(), Integer::sum);
                    cards.merge(new Part(share.card(), owner.user()), share.milli(), Integer::sum);
                }
            }
        }
    }

    /// @param account as in [Account#id]
    public Amounts of(String account) {
        return held.getOrDefault(account, Amounts.ZERO);
    }

    /// Thousandths of a card.
    /// @param user whose; null for everybody's
    public int ofCard(String uuid, @Nullable String user) {
        return cards.getOrDefault(new Part(uuid, user), 0);
    }
}

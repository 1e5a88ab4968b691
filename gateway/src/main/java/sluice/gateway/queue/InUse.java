package sluice.gateway.queue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sluice.scheduling.Account;
import sluice.scheduling.Amounts;

/// What each account holds now.
public final class InUse {
    private final Map<String, Amounts> held = new HashMap<>();

    public InUse(List<Held> all) {
        for (var each : all) {
            var owner = each.row().owner();
            var amounts = each.lease().placement().amounts();
            for (var account : List.of(Account.POOL, Account.team(owner), Account.user(owner)))
                held.merge(account, amounts, Amounts::plus);
        }
    }

    /// @param account as in [Account#id]
    public Amounts of(String account) {
        return held.getOrDefault(account, Amounts.ZERO);
    }
}

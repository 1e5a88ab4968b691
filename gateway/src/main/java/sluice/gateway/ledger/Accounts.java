package sluice.gateway.ledger;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Supplier;
import sluice.scheduling.Account;

/// The accounts as the scheduler wants them: what each may have, with what it had lately.
public final class Accounts {
    private final Supplier<List<Account>> limits;
    private final Usage usage;

    /// @param limits the accounts that have limits or shares of their own
    public Accounts(Supplier<List<Account>> limits, Usage usage) {
        this.limits = limits;
        this.usage = usage;
    }

    /// Those that differ from an account that nothing limits and that has used nothing.
    public List<Account> at(Instant now) {
        var accounts = new LinkedHashMap<String, Account>();
        for (var account : limits.get()) accounts.put(account.id(), account);
        for (var used : usage.accounts()) accounts.putIfAbsent(used, Account.of(used));
        return accounts.values().stream()
                .map(account -> account.havingUsed(usage.recentGpus(account.id(), now))
                        .havingSpent(usage.spentGpuHours(account.id(), now)))
                .toList();
    }
}

package sluice.gateway.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Account;

/// What an account may have, as somebody last set it.
/// @param version grows with each change; 0 where nobody set one
public record Quota(
        AccountName account,
        Allowance allowance,
        long version,
        @Nullable Instant changedAt,
        @Nullable String changedBy) {

    static Quota unset(AccountName account) {
        return new Quota(account, Allowance.UNLIMITED, 0, null, null);
    }

    /// As the scheduler knows it; what was used is the caller's to add.
    public Account asAccount() {
        return new Account(account.id(), allowance.limits(), allowance.deserved(), allowance.weight(), 0, 0);
    }
}

package sluice.scheduling.queue;

import sluice.scheduling.Account;
import sluice.scheduling.share.FairTree;

/// Where a team or a person stands while a cycle runs.
final class Standing {
    final Account account;

    /// Thousandths of cards held, including what was granted in this cycle.
    long held;

    /// Thousandths of cards held and asked for, at the beginning.
    long requested;

    /// Teams only.
    long fairShare;

    /// Over all siblings, at the beginning: as constants they do not change who stands before whom.
    double siblingsWeight;

    double siblingsUsed;

    private final double foresight;

    Standing(Account account, double foresight) {
        this.account = account;
        this.foresight = foresight;
    }

    double used() {
        return account.recentGpus() + foresight * held / 1000;
    }

    /// From 0 to 1; above 1/2 is due something.
    double fairness() {
        return FairTree.bounded(
                FairTree.levelFairness(account.weight(), siblingsWeight, used(), Math.max(siblingsUsed, 1e-9)));
    }

    /// How far into its fair share, or beyond it (KAI). Who is due nothing and has nothing is neither below
    /// nor above.
    double saturation() {
        if (fairShare > 0) return (double) held / fairShare;
        return held == 0 ? 1 : Double.POSITIVE_INFINITY;
    }
}

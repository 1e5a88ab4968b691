package sluice.scheduling.share;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Divides cards among siblings, as KAI and Run:ai do (`resource_division.go`): first everybody gets what they
/// deserve, as far as they ask for it. What is left goes by weight to those who ask for more, round by round
/// until it is spent or nobody asks. A weight counts for less the more its owner has used lately: `max(0, w +
/// k·(w − u))`, with w the weight and u the recent use, both as parts of the whole. What is lent out is lent
/// as whole cards; the rest of the division goes to those who came nearest to one more.
public final class Division {
    private static final long CARD = 1000;

    private Division() {}

    /// @param deserved thousandths of cards
    /// @param requested thousandths of cards held and asked for together
    /// @param recentGpus [DecayedUsage#gpus]
    public record Claim(String account, long deserved, long requested, double weight, double recentGpus) {}

    /// @param capacity thousandths of cards
    /// @param k how much the past counts; 0 lets only weights count
    /// @return each claim's fair share in thousandths of cards, in the order of the claims; together at most
    /// the capacity, unless more than that is deserved and asked for
    public static long[] divide(long capacity, List<Claim> claims, double k) {
        var shares = new long[claims.size()];
        long left = capacity;
        for (int i = 0; i < shares.length; i++) {
            shares[i] = Math.min(claims.get(i).deserved, claims.get(i).requested);
            left -= shares[i];
        }
        if (left > 0) lend(left, capacity, claims, shares, k);
        return shares;
    }

    private static void lend(long left, long capacity, List<Claim> claims, long[] shares, double k) {
        var exact = new double[shares.length];
        double remaining = left;
        while (remaining >= 1) {
            var weights = weights(capacity, claims, shares, exact, k);
            double sum = Arrays.stream(weights).sum();
            if (sum <= 0) break;
            double spent = 0;
            for (int i = 0; i < exact.length; i++) {
                if (weights[i] == 0) continue;
                double more = Math.min(remaining * weights[i] / sum, wants(claims.get(i), shares[i], exact[i]));
                exact[i] += more;
                spent += more;
            }
            remaining -= spent;
            if (spent < 1) break;
        }
        wholeCards(left, claims, shares, exact);
    }

    private static double wants(Claim claim, long share, double lent) {
        return claim.requested - share - lent;
    }

    /// Weights of those who still want something. When the past leaves nobody any weight, it is forgotten for
    /// this division: idle cards help nobody.
    private static double[] weights(long capacity, List<Claim> claims, long[] shares, double[] lent, double k) {
        double all = 0;
        for (int i = 0; i < lent.length; i++) {
            if (wants(claims.get(i), shares[i], lent[i]) >= 1) all += claims.get(i).weight;
        }
        var weights = new double[lent.length];
        if (all <= 0) return weights;
        boolean any = false;
        for (int i = 0; i < lent.length; i++) {
            if (wants(claims.get(i), shares[i], lent[i]) < 1) continue;
            double weight = claims.get(i).weight / all;
            double used = capacity == 0 ? 0 : claims.get(i).recentGpus * CARD / capacity;
            weights[i] = Math.max(0, weight + k * (weight - used));
            any |= weights[i] > 0;
        }
        if (any) return weights;
        for (int i = 0; i < lent.length; i++) {
            if (wants(claims.get(i), shares[i], lent[i]) >= 1) weights[i] = claims.get(i).weight / all;
        }
        return weights;
    }

    /// Rounds what is lent down to whole cards, and gives the rest away card by card.
    private static void wholeCards(long left, List<Claim> claims, long[] shares, double[] exact) {
        long rest = left;
        var lent = new long[exact.length];
        for (int i = 0; i < exact.length; i++) {
            boolean all = wants(claims.get(i), shares[i], exact[i]) < 1;
            // Whoever gets all they want gets it to the thousandth; what adding up has blurred must not round it down.
            lent[i] = all ? (long) (exact[i] + 1e-3) : (long) (exact[i] / CARD) * CARD;
            rest -= lent[i];
        }
        var nearest = new ArrayList<Integer>();
        for (int i = 0; i < exact.length; i++) if (exact[i] > lent[i]) nearest.add(i);
        nearest.sort(
                Comparator.<Integer>comparingDouble(i -> lent[i] - exact[i]).thenComparing(i -> claims.get(i).account));
        for (int i : nearest) {
            long more = Math.min(Math.min(CARD, rest), claims.get(i).requested - shares[i] - lent[i]);
            if (more <= 0) continue;
            lent[i] += more;
            rest -= more;
        }
        for (int i = 0; i < exact.length; i++) shares[i] += lent[i];
    }
}

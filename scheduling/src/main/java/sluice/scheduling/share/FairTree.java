package sluice.scheduling.share;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Slurm's Fair Tree: among siblings, level fairness is the share of the weights over the share of the use, S
/// / U. The tree is walked depth first, siblings in descending level fairness, and people are ranked as they
/// are met; a rank over the number of people is the factor, 1 for the one who is due most. So whatever one
/// team did, it never pushes a member of another team below where that team stands.
public final class FairTree {
    private FairTree() {}

    /// @param used GPUs used lately, children's included
    /// @param children empty for a person
    public record Branch(String account, double weight, double used, List<Branch> children) {
        public Branch {
            children = List.copyOf(children);
        }
    }

    /// S / U: above 1 for whoever had less than their part. Infinite for whoever had nothing.
    public static double levelFairness(double weight, double weights, double used, double allUsed) {
        if (weight <= 0) return 0;
        if (used <= 0) return Double.POSITIVE_INFINITY;
        return weight / weights / (used / allUsed);
    }

    /// Level fairness as a number from 0 to 1 that keeps its order: LF / (1 + LF), so 1/2 is whoever had their
    /// part.
    public static double bounded(double levelFairness) {
        return Double.isInfinite(levelFairness) ? 1 : levelFairness / (1 + levelFairness);
    }

    /// @return each person's factor, in descending order; who ties has the same
    public static Map<String, Double> factors(List<Branch> top) {
        var ranked = new ArrayList<List<Branch>>();
        walk(top, ranked);
        int people = ranked.stream().mapToInt(List::size).sum();
        var factors = new LinkedHashMap<String, Double>();
        int rank = people;
        for (var tied : ranked) {
            for (var person : tied) factors.put(person.account, (double) rank / people);
            rank -= tied.size();
        }
        return factors;
    }

    /// Appends people in groups of equals. Siblings that tie are walked as one: their children compete as
    /// siblings.
    private static void walk(List<Branch> siblings, List<List<Branch>> ranked) {
        double weights = siblings.stream().mapToDouble(Branch::weight).sum();
        double used = siblings.stream().mapToDouble(Branch::used).sum();
        var groups = new LinkedHashMap<Double, List<Branch>>();
        siblings.stream()
                .sorted(Comparator.<Branch>comparingDouble(
                                branch -> -levelFairness(branch.weight, weights, branch.used, used))
                        .thenComparing(Branch::account))
                .forEach(branch -> groups.computeIfAbsent(
                                levelFairness(branch.weight, weights, branch.used, used), _ -> new ArrayList<>())
                        .add(branch));
        for (var tied : groups.values()) {
            var people =
                    tied.stream().filter(branch -> branch.children.isEmpty()).toList();
            var children =
                    tied.stream().flatMap(branch -> branch.children.stream()).toList();
            if (!people.isEmpty()) ranked.add(people);
            if (!children.isEmpty()) walk(children, ranked);
        }
    }
}

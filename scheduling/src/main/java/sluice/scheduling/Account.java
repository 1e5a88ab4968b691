package sluice.scheduling;

import java.util.List;

/// A node of the tree pool, team, user: what it may hold, what is due to it, and what it has had lately.
/// @param id `""` is the pool, `vision` a team, `vision/ada` a person in that team
/// @param deserved thousandths of cards that are this account's before anything is lent out
/// @param weight how much of what is left over goes here, relative to its siblings
/// @param recentGpus cards used on average lately, older use counting less
/// ([sluice.scheduling.share.DecayedUsage])
/// @param spentGpuHours in the calendar month that is running
public record Account(String id, Limits limits, long deserved, double weight, double recentGpus, double spentGpuHours) {
    public static final String POOL = "";

    public Account {
        if (deserved < 0) throw new IllegalArgumentException("What an account deserves is not negative: " + deserved);
        if (!(weight >= 0 && weight < 1e9))
            throw new IllegalArgumentException("A weight is a number from 0 on: " + weight);
        if (!(recentGpus >= 0))
            throw new IllegalArgumentException("A use of GPUs is a number from 0 on: " + recentGpus);
        if (!(spentGpuHours >= 0))
            throw new IllegalArgumentException("GPU-hours are a number from 0 on: " + spentGpuHours);
    }

    public static Account of(String id) {
        return new Account(id, Limits.UNLIMITED, 0, 1, 0, 0);
    }

    public static String team(Owner owner) {
        return owner.team();
    }

    public static String user(Owner owner) {
        return owner.team() + "/" + owner.user();
    }

    /// The accounts that somebody's use counts in, the nearest first.
    public static List<String> of(Owner owner) {
        return List.of(user(owner), team(owner), POOL);
    }

    public Account with(Limits other) {
        return new Account(id, other, deserved, weight, recentGpus, spentGpuHours);
    }

    public Account deserving(long milliGpus) {
        return new Account(id, limits, milliGpus, weight, recentGpus, spentGpuHours);
    }

    public Account weighing(double other) {
        return new Account(id, limits, deserved, other, recentGpus, spentGpuHours);
    }

    public Account havingUsed(double gpus) {
        return new Account(id, limits, deserved, weight, gpus, spentGpuHours);
    }

    public Account havingSpent(double gpuHours) {
        return new Account(id, limits, deserved, weight, recentGpus, gpuHours);
    }
}

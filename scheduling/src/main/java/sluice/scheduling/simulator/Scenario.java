package sluice.scheduling.simulator;

import sluice.scheduling.MoveCost;

/// What is simulated.
/// @param notebooks sessions with one GPU each
/// @param days that the trace lasts
/// @param nodes machines; state that has left a card stays in its node's memory
/// @param cardsEach cards of a node
/// @param cardBytes memory of a card
/// @param seed of the trace
public record Scenario(
        Statistics statistics,
        int notebooks,
        double days,
        int nodes,
        int cardsEach,
        long cardBytes,
        MoveCost cost,
        long seed) {
    /// 118 notebooks over a month on 16 cards of 80 GB in two nodes, moved at 8 GB/s.
    public static final Scenario USUAL = new Scenario(Statistics.ONE_GPU, 118, 30, 2, 8, 80L << 30, MoveCost.USUAL, 7);

    public Scenario {
        if (notebooks < 1 || nodes < 1 || cardsEach < 1 || !(days > 0) || cardBytes < 1)
            throw new IllegalArgumentException("A scenario has notebooks, days, nodes and cards");
    }

    public Scenario withCards(int nodes, int cardsEach) {
        return new Scenario(statistics, notebooks, days, nodes, cardsEach, cardBytes, cost, seed);
    }

    public Scenario withNotebooks(int count, double overDays) {
        return new Scenario(statistics, count, overDays, nodes, cardsEach, cardBytes, cost, seed);
    }

    public Scenario withStatistics(Statistics other) {
        return new Scenario(other, notebooks, days, nodes, cardsEach, cardBytes, cost, seed);
    }

    public Scenario withCost(MoveCost other) {
        return new Scenario(statistics, notebooks, days, nodes, cardsEach, cardBytes, other, seed);
    }

    public Scenario withSeed(long other) {
        return new Scenario(statistics, notebooks, days, nodes, cardsEach, cardBytes, cost, other);
    }

    public int cards() {
        return nodes * cardsEach;
    }
}

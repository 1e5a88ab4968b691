package sluice.scheduling.simulator;

import java.util.Arrays;

/// What is counted while the simulator runs.
final class Tally {
    /// Less is not a delay that anybody would call one.
    private static final double DELAY = 1e-3;

    private double[] delays = new double[1024];
    private int cells;
    private int cardsHeld;
    private double heldSeconds;
    private double changed;
    double busySeconds;
    int outs;
    int ins;
    int peakCards;
    long peakHost;

    void started(double delay) {
        if (cells == delays.length) delays = Arrays.copyOf(delays, 2 * cells);
        delays[cells++] = delay;
    }

    /// The number of cards with somebody's state on them has changed.
    void held(int cards, double now) {
        heldSeconds += cardsHeld * (now - changed);
        changed = now;
        cardsHeld = cards;
        peakCards = Math.max(peakCards, cards);
    }

    Report.Row row(String policy, int cards) {
        var sorted = Arrays.copyOf(delays, cells);
        Arrays.sort(sorted);
        long delayed = Arrays.stream(sorted).filter(delay -> delay > DELAY).count();
        return new Report.Row(
                policy,
                cards,
                heldSeconds / 3600,
                heldSeconds == 0 ? 0 : busySeconds / heldSeconds,
                cells,
                cells == 0 ? 0 : (double) delayed / cells,
                quantile(sorted, 0.5),
                quantile(sorted, 0.95),
                quantile(sorted, 0.99),
                outs,
                ins,
                peakHost,
                peakCards);
    }

    /// The smallest value that is not exceeded by so much of them.
    static double quantile(double[] sorted, double part) {
        if (sorted.length == 0) return 0;
        return sorted[Math.max(0, (int) Math.ceil(part * sorted.length) - 1)];
    }
}

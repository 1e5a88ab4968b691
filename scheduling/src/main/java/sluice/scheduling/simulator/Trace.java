package sluice.scheduling.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import sluice.scheduling.simulator.Notebook.Cell;

/// Makes up notebooks that have the [Statistics]. The same seed makes the same trace.
public final class Trace {
    private static final double MINUTE = 60;
    private static final double HOUR = 3600;
    private static final double DAY = 86400;

    private final Statistics statistics;
    private final RandomGenerator random;
    private final double horizon;
    private final long cardBytes;

    private Trace(Statistics statistics, double horizon, long cardBytes, long seed) {
        this.statistics = statistics;
        this.horizon = horizon;
        this.cardBytes = cardBytes;
        this.random = new SplittableRandom(seed);
    }

    /// @param days that the trace lasts; every session begins and ends within
    /// @param cardBytes memory of a card: no session has more than nine tenths of it
    public static List<Notebook> of(Statistics statistics, int notebooks, double days, long cardBytes, long seed) {
        var trace = new Trace(statistics, days * DAY, cardBytes, seed);
        var made = new ArrayList<Notebook>();
        for (int i = 1; i <= notebooks; i++) made.add(trace.notebook(String.format(Locale.ROOT, "n%03d", i)));
        return made;
    }

    private Notebook notebook(String session) {
        double span = Math.min(lognormal(statistics.medianSpan() * HOUR, statistics.sigmaSpan()), 0.98 * horizon);
        long count = Math.max(1, Math.round(lognormal(statistics.medianCells(), statistics.sigmaCells())));
        var cells = new ArrayList<Cell>();
        double length = 0;
        while (cells.size() < count) {
            double work = work();
            // A session that does not fit into the trace ends early, and one that would be a single endless cell is
            // not one of a notebook.
            if (length + work > 0.98 * horizon) {
                if (cells.isEmpty()) continue;
                break;
            }
            double pause = pause();
            cells.add(new Cell(work, pause));
            length += work + pause;
        }
        spread(span - length, cells);
        var all = statistics.quickCells() == 0 ? cells : withQuick(cells);
        long bytes = (long) Math.min(lognormal(10 * (double) (1L << 30), 0.9), 0.9 * cardBytes);
        var notebook = new Notebook(session, 0, bytes, all);
        double start = random.nextDouble() * Math.max(0, horizon - notebook.span());
        return new Notebook(session, start, bytes, all);
    }

    private double work() {
        return random.nextDouble() < 0.934 ? lognormal(4.5 * MINUTE, 0.95) : pareto(60 * MINUTE, 0.68, 20 * DAY);
    }

    /// At the desk; away from it; over a meeting; over night or the weekend.
    private double pause() {
        double which = random.nextDouble();
        if (which < 0.72) return lognormal(2 * MINUTE, 0.8);
        if (which < 0.92) return lognormal(12 * MINUTE, 0.8);
        if (which < 0.964) return HOUR * Math.exp(random.nextDouble() * Math.log(8));
        return HOUR * (8 + random.nextDouble() * 82);
    }

    /// Makes the session as long as it is meant to be: one pause in ten, at least one, becomes an absence.
    private void spread(double rest, List<Cell> cells) {
        if (rest <= 0 || cells.size() < 2) return;
        int absences = Math.max(1, cells.size() / 10);
        var parts = new double[absences];
        double sum = 0;
        for (int i = 0; i < absences; i++) sum += parts[i] = -Math.log(1 - random.nextDouble());
        for (double part : parts) {
            int at = random.nextInt(cells.size() - 1);
            var cell = cells.get(at);
            cells.set(at, new Cell(cell.work(), cell.pause() + rest * part / sum));
        }
    }

    /// Quick cells follow a longer one, some seconds apart, in the time that was its pause.
    private List<Cell> withQuick(List<Cell> cells) {
        var all = new ArrayList<Cell>();
        for (var cell : cells) {
            double rest = cell.pause();
            double work = cell.work();
            for (int i = 0; i < statistics.quickCells(); i++) {
                double quick = Math.min(MINUTE, lognormal(6, 1.2));
                double think = lognormal(20, 0.8);
                if (quick + think > rest) break;
                all.add(new Cell(work, think));
                rest -= quick + think;
                work = quick;
            }
            all.add(new Cell(work, rest));
        }
        return all;
    }

    private double lognormal(double median, double sigma) {
        return median * Math.exp(sigma * random.nextGaussian());
    }

    /// A Pareto distribution that is cut off at a largest value.
    private double pareto(double least, double alpha, double most) {
        double tail = Math.pow(least / most, alpha);
        return least / Math.pow(1 - random.nextDouble() * (1 - tail), 1 / alpha);
    }
}

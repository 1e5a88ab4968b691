package sluice.scheduling.simulator;

/// What is known of how people use notebooks with one GPU.
///
/// Cells, pauses and memory are fitted to the trace that NotebookOS publishes (`sensei_june_60sec.csv` in
/// NotebookOS-Dashboard: 339 sessions of June 2021, in bins of a minute). Cells: median 5 min, p90 32, p99
/// 1021, mean 55. Pauses: median 3 min, p90 35, p95 195, p99 3909.
///
/// How long a session lasts and how many cells it has is published for all sessions together, most of which
/// have 4 or 8 GPUs (span: median 339 h; cells: median 17, p90 209). Of those with one GPU it is known that
/// 118 of them hold 44 GPUs at the peak and compute in 11% of the time they are held. Both together exclude
/// the overall span: 118 spans of 339 h in a month of 720 h would hold 55 GPUs on average. So the span, the
/// median and the spread of the number of cells are what gives these two figures over many seeds, and the rest
/// of a span is long absences.
/// @param medianCells cells of a session, lognormal
/// @param sigmaCells of its logarithm
/// @param medianSpan hours, lognormal
/// @param sigmaSpan of its logarithm
/// @param quickCells cells below a minute for each of the others; the trace's bins have swallowed them, so
/// their number and length (median 6 s) are an assumption
public record Statistics(double medianCells, double sigmaCells, double medianSpan, double sigmaSpan, int quickCells) {
    public static final Statistics ONE_GPU = new Statistics(13, 1.0, 105, 1.0, 0);

    public Statistics {
        if (!(medianCells >= 1) || !(sigmaCells >= 0) || !(medianSpan > 0) || !(sigmaSpan >= 0) || quickCells < 0)
            throw new IllegalArgumentException("Cells and spans are positive, and their spread is not negative");
    }

    public Statistics withQuickCells(int each) {
        return new Statistics(medianCells, sigmaCells, medianSpan, sigmaSpan, each);
    }
}

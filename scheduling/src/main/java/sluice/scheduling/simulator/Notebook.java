package sluice.scheduling.simulator;

import java.util.List;

/// One session's month.
/// @param start seconds from the beginning of the trace to its first cell
/// @param bytes of GPU memory that its state has from its first cell on
public record Notebook(String session, double start, long bytes, List<Cell> cells) {
    /// @param work seconds that it runs
    /// @param pause seconds from its end until the next one is sent; after the last one the session ends at once
    public record Cell(double work, double pause) {}

    public Notebook {
        cells = List.copyOf(cells);
    }

    /// Seconds from the first cell's start to the last one's end, if none is delayed.
    public double span() {
        double span = 0;
        for (int i = 0; i < cells.size(); i++)
            span += cells.get(i).work + (i + 1 < cells.size() ? cells.get(i).pause : 0);
        return span;
    }

    public double work() {
        return cells.stream().mapToDouble(Cell::work).sum();
    }
}

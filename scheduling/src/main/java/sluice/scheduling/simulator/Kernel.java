package sluice.scheduling.simulator;

import org.jspecify.annotations.Nullable;

/// A notebook while it is simulated.
final class Kernel {
    final Notebook notebook;

    /// The cell that runs, waits or is next.
    int cell;

    /// Where its state is, or null before its first cell.
    @Nullable
    Machine machine;

    /// The card that its state lies on, or null while it is in the machine's memory.
    @Nullable
    Slot slot;

    boolean busy;

    /// When it became busy or idle.
    double since;

    /// When its cell was sent.
    double sent;

    /// Until then its state is on its way into memory.
    double outUntil;

    Kernel(Notebook notebook) {
        this.notebook = notebook;
    }

    String session() {
        return notebook.session();
    }

    long bytes() {
        return notebook.bytes();
    }

    Notebook.Cell current() {
        return notebook.cells().get(cell);
    }
}

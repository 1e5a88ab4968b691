package sluice.scheduling.simulator;

/// A node while it is simulated.
final class Machine {
    final String name;
    private final Tally tally;
    private long host;

    /// Sessions whose state is here.
    int homed;

    Machine(String name, Tally tally) {
        this.name = name;
        this.tally = tally;
    }

    void keeps(long bytes) {
        host += bytes;
        tally.peakHost = Math.max(tally.peakHost, host);
    }

    void gives(long bytes) {
        host -= bytes;
    }
}

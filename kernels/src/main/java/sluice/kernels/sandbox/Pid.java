package sluice.kernels.sandbox;

import java.util.Optional;

/// A process and when it started (in clock ticks since boot), which tells it from a later one with the same number.
public record Pid(long pid, long start) {

    /// The living process of that number.
    public static Optional<Pid> of(long pid) {
        return Proc.stat(pid).filter(Proc.Stat::alive).map(stat -> new Pid(pid, stat.start()));
    }

    public boolean alive() {
        return Proc.stat(pid)
                .filter(stat -> stat.alive() && stat.start() == start)
                .isPresent();
    }

    boolean signal(int signal) {
        return alive() && Posix.signal(pid, signal);
    }
}

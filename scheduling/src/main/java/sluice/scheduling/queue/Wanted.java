package sluice.scheduling.queue;

import org.jspecify.annotations.Nullable;
import sluice.scheduling.Demand.Shape;
import sluice.scheduling.Snapshot.Waiting;

/// What somebody waits for: those with the same are one question to placement.
/// @param home the only node that will do, where state lies there; null for any
record Wanted(Shape shape, @Nullable String home) {
    static Wanted by(Waiting waiting) {
        return new Wanted(waiting.shape(), waiting.home());
    }
}

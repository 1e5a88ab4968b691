package sluice.scheduling.residency;

import java.util.List;

/// What happens when a session wants to run.
public sealed interface Answer {
    /// At once: its state is there, or it has none yet.
    record Run(String card) implements Answer {}

    /// After these have been moved to host memory in this order; then its own state comes in. The session is
    /// among them if it lies on another card.
    record Move(String card, List<String> out) implements Answer {
        public Move {
            out = List.copyOf(out);
        }
    }

    /// Not before something changes on its node.
    record Wait(String reason) implements Answer {}
}

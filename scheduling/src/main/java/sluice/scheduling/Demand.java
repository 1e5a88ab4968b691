package sluice.scheduling;

import java.time.Instant;

/// What a session or a job asks for.
/// @param id the session's or job's own, such as `s-7f3a`
/// @param ranks equal parts that start together or not at all, each on one node; 1 for everything but gangs
/// @param submitted when it was asked for; its age counts from here
public record Demand(String id, Owner owner, Kind kind, Needs needs, int ranks, Terms terms, Instant submitted) {
    public enum Kind {
        /// A notebook's kernel.
        KERNEL,
        /// SSH or VS Code.
        SHELL,
        /// JupyterLab, TensorBoard and the like.
        APP,
        /// Batch work.
        JOB;

        /// Somebody sits in front of it.
        public boolean interactive() {
            return this != JOB;
        }
    }

    public Demand {
        if (id.isBlank()) throw new IllegalArgumentException("A demand needs an id");
        if (ranks < 1 || ranks > Gpus.MOST)
            throw new IllegalArgumentException(
                    "A number of ranks lies in 1 to %d, not at %d".formatted(Gpus.MOST, ranks));
        if ((long) ranks * needs.gpus().cards() > Gpus.MOST)
            throw new IllegalArgumentException("%d ranks of %d GPUs are more than the %d that can be asked for at once"
                    .formatted(ranks, needs.gpus().cards(), Gpus.MOST));
        if (terms.suspendable()
                && !(needs.gpus() instanceof Gpus.None)
                && !needs.mode().suspends())
            throw new IllegalArgumentException("What runs in mode %s cannot be suspended: the driver refuses it"
                    .formatted(needs.mode().word()));
    }

    public int cards() {
        return ranks * needs.gpus().cards();
    }

    /// What makes two demands one question to placement.
    public Shape shape() {
        return new Shape(needs, ranks);
    }

    public record Shape(Needs needs, int ranks) {}
}

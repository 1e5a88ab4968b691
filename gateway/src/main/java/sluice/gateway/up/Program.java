package sluice.gateway.up;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A program of the pool as its supervisor sees it.
interface Program {
    /// As it is called in sentences: `node`, `gateway`, `database`.
    String name();

    /// Starts it. Returns once it runs, which need not mean that it already serves.
    /// @throws StartFailed when it cannot be started at all
    Running start() throws InterruptedException;

    /// One life of it.
    interface Running {
        long pid();

        /// Completes with its exit status (128 + the signal's number) when it is gone.
        CompletableFuture<Integer> gone();

        /// What it said last that explains its end, or null.
        @Nullable
        String lastWords();

        /// Asks it to stop, waits, and kills it when that takes too long.
        void stop() throws InterruptedException;

        void kill();
    }
}

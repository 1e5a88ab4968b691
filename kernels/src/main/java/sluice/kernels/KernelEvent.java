package sluice.kernels;

import java.util.concurrent.CompletableFuture;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.sandbox.Exit;

/// What happens to a kernel. A life is one process; news of an earlier one is no news.
sealed interface KernelEvent {
    /// Its sockets speak.
    record Answered(int life) implements KernelEvent {}

    /// They did not within the time it had.
    record Unanswered(int life, String reason) implements KernelEvent {}

    record Exited(int life, Exit exit) implements KernelEvent {}

    /// Its sockets have closed.
    record Lost() implements KernelEvent {}

    record Restart(CompletableFuture<Void> done) implements KernelEvent {}

    record Stop(String reason, CompletableFuture<Void> done) implements KernelEvent {}

    /// The node ends and leaves it to the next one.
    record Leave(CompletableFuture<Void> done) implements KernelEvent {}

    /// Answers whoever waits, when the kernel was gone before this could happen to it.
    default void release() {
        switch (this) {
            case Restart(var done) ->
                done.completeExceptionally(new NodeProblem("unknown-kernel", "The kernel is gone"));
            case Stop stop -> stop.done().complete(null);
            case Leave(var done) -> done.complete(null);
            case Answered _, Unanswered _, Exited _, Lost _ -> {}
        }
    }
}

package sluice.gateway.doors.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The bridge from event loops to code that waits.
public final class VirtualThreads {
    private static final ExecutorService THREADS = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("request-", 0).factory());

    private VirtualThreads() {}

    /// Runs plain blocking code on a virtual thread of its own; the answer arrives on the caller's own context.
    public static <T> Future<T> call(Callable<T> work) {
        var answer = new CompletableFuture<T>();
        var context = Vertx.currentContext();
        THREADS.execute(() -> {
            try {
                answer.complete(work.call());
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        return context == null ? Future.fromCompletionStage(answer) : Future.fromCompletionStage(answer, context);
    }
}

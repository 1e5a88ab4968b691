package sluice.kernels.sandbox;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Hears when a process ends: with its status where it is our child, without where an earlier node started it.
final class Ending {
    private Ending() {}

    static Pid leader(Process process) throws IOException {
        return Pid.of(process.pid()).orElseThrow(() -> new IOException("the process ended before it began"));
    }

    static CompletableFuture<@Nullable Integer> of(Process process) {
        return process.onExit().thenApply(Process::exitValue);
    }

    static CompletableFuture<@Nullable Integer> of(Trace trace) {
        var ended = Stream.of(trace.leader(), trace.main())
                .filter(pid -> pid != null && pid.alive())
                .map(pid -> ProcessHandle.of(pid.pid()).map(ProcessHandle::onExit))
                .flatMap(java.util.Optional::stream)
                .findFirst();
        return ended.<CompletableFuture<@Nullable Integer>>map(end -> end.thenApply(_ -> null))
                .orElseGet(() -> CompletableFuture.completedFuture(null));
    }
}

package sluice.kernels;

import java.time.Clock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import sluice.kernels.line.KernelLine;
import sluice.kernels.line.LineLimits;
import sluice.kernels.zmtp.ZmtpLoop;

/// What all kernels of a node share.
/// @param ended told when a kernel is not to be listed any more
/// @param obituary told which kernel is dead for good, and why
record Surroundings(
        Ground ground,
        KernelsConfig config,
        KernelLaunch launch,
        Journal<KernelEntry> journal,
        ZmtpLoop loop,
        LineLimits lineLimits,
        Clock clock,
        Consumer<RunningKernel> ended,
        BiConsumer<String, String> obituary) {

    KernelLine line(String id, KernelLine.Listener listener) {
        return new KernelLine(id, loop, lineLimits, clock, listener);
    }

    void forget(RunningKernel kernel) {
        ended.accept(kernel);
    }

    void gone(String id, String reason) {
        obituary.accept(id, reason);
    }
}

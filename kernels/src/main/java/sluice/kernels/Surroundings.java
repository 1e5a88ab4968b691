package sluice.kernels;

import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import sluice.kernels.line.KernelLine;
import sluice.kernels.line.LineLimits;
import sluice.kernels.zmtp.ZmtpLoop;

/// What all kernels of a node share.
/// @param ended told when a kernel is not to be listed any more
/// @param obituary told which kernel is dead for good
record Surroundings(
        Ground ground,
        KernelsConfig config,
        KernelLaunch launch,
        Journal<KernelEntry> journal,
        ZmtpLoop loop,
        LineLimits lineLimits,
        Clock clock,
        Consumer<RunningKernel> ended,
        Consumer<Obituary> obituary) {

    KernelLine line(String id, KernelLine.Listener listener) {
        return new KernelLine(id, loop, lineLimits, clock, listener);
    }

    void forget(RunningKernel kernel) {
        ended.accept(kernel);
    }

    void gone(String id, String reason, Duration busy) {
        obituary.accept(new Obituary(id, reason, busy.toMillis()));
    }
}

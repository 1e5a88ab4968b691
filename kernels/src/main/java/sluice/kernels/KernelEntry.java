package sluice.kernels;

import org.jspecify.annotations.Nullable;
import sluice.kernels.link.Orders.StartKernel;
import sluice.kernels.sandbox.Trace;
import sluice.kernels.wire.ConnectionInfo;

/// A kernel in the journal.
/// @param ready whether it has ever answered; one that has not is nobody's yet
/// @param trace its process, or null while it has none (it is being started again)
record KernelEntry(
        StartKernel order,
        String startedAt,
        boolean ready,
        boolean interruptsByMessage,
        @Nullable Trace trace,
        @Nullable ConnectionInfo connection) {}

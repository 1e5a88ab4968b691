package sluice.kernels.sandbox;

import org.jspecify.annotations.Nullable;

/// What must be known of a sandboxed process to find it again after the node was restarted.
/// @param sandbox `bubblewrap` or `plain`
/// @param id what it was started as
/// @param leader the process the node started
/// @param main the kernel or app itself, once it is known
public record Trace(
        String sandbox, String id, Pid leader, @Nullable Pid main) {}

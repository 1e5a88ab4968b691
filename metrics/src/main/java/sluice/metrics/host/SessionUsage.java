package sluice.metrics.host;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/// What a session uses of the node. What its control groups do not count is absent.
///
/// @param cpuSeconds of processor time since the group was made
/// @param memoryBytes what it needs: without the file cache that the kernel would take back first
/// @param memoryLimit bytes; absent where there is none
/// @param processes threads included, as the limit counts them
/// @param outOfMemoryKills how many of its processes the kernel ended for want of memory
public record SessionUsage(
        OptionalDouble cpuSeconds,
        OptionalLong memoryBytes,
        OptionalLong memoryLimit,
        OptionalLong processes,
        OptionalLong outOfMemoryKills) {}

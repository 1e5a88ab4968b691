package sluice.metrics.host;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// The node at one moment. What this kernel does not tell is absent.
///
/// @param cpus how many the node has
/// @param cpuPercent of all of them together, 0 to 100, since the sample before; absent in the first one
/// @param load runnable and waiting threads, the mean of the last minute
/// @param pressure how long tasks waited for a resource, by resource
/// @param disks by name of the whole disk, `nvme0n1`
/// @param networks by name of the interface, `eth0`
public record HostSample(
        Instant at,
        int cpus,
        OptionalDouble cpuPercent,
        OptionalDouble load,
        Optional<Memory> memory,
        Map<Resource, Pressure> pressure,
        Map<String, Traffic> disks,
        Map<String, Traffic> networks) {

    public HostSample {
        pressure = Map.copyOf(pressure);
        disks = Map.copyOf(disks);
        networks = Map.copyOf(networks);
    }

    /// In bytes, see proc_meminfo(5).
    ///
    /// @param available what programs can still get without swapping: free, and what caches would give back
    public record Memory(long total, long available, long cached, long swapTotal, long swapFree) {
        public long used() {
            return total - available;
        }

        public long swapUsed() {
            return swapTotal - swapFree;
        }
    }

    /// What tasks can wait for.
    public enum Resource {
        CPU,
        MEMORY,
        IO
    }

    /// The kernel's pressure stall information, https://docs.kernel.org/accounting/psi.html
    ///
    /// @param some percent of the last ten seconds in which at least one task waited
    /// @param full percent of the last ten seconds in which nothing else ran
    /// @param someSeconds seconds since boot in which at least one task waited
    /// @param fullSeconds seconds since boot in which nothing else ran
    public record Pressure(double some, double full, double someSeconds, double fullSeconds) {}

    /// Bytes since boot: read and written, or received and sent.
    public record Traffic(long in, long out) {}
}

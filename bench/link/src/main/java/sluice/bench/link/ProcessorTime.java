package sluice.bench.link;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/// Nanoseconds of processor time, of all threads, the compiler's and the collector's too.
final class ProcessorTime {
    private ProcessorTime() {}

    static long ofThisProcess() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }
}

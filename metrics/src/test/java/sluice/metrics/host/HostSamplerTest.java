package sluice.metrics.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.metrics.TestClock;
import sluice.metrics.host.HostSample.Memory;
import sluice.metrics.host.HostSample.Pressure;
import sluice.metrics.host.HostSample.Resource;
import sluice.metrics.host.HostSample.Traffic;

class HostSamplerTest {
    @TempDir
    Path root;

    private HostSampler sampler;

    @BeforeEach
    void aMachine() throws IOException {
        sampler = new HostSampler(root.resolve("proc"), root.resolve("sys"), new TestClock());
        write("proc/stat", "cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 2 3 4\n");
        write("proc/loadavg", "0.93 1.03 1.04 1/222 29871\n");
        write("proc/meminfo", """
                MemTotal:       24660028 kB
                MemFree:        17000000 kB
                MemAvailable:   20000000 kB
                Cached:          3000000 kB
                SwapTotal:       1000000 kB
                SwapFree:         600000 kB
                HugePages_Total:       0
                """);
        write("proc/pressure/memory", """
                some avg10=7.68 avg60=11.87 avg300=11.37 total=8246052910
                full avg10=1.50 avg60=0.00 avg300=0.00 total=2000000
                """);
        write("proc/diskstats", """
                   7       0 loop0 10 0 100 0 0 0 0 0 0 0 0 0 0 0 0 0 0
                 259       0 nvme0n1 10 0 2000 5 20 0 4000 5 0 0 0 0 0 0 0 0 0
                 259       1 nvme0n1p1 10 0 2000 5 20 0 4000 5 0 0 0 0 0 0 0 0 0
                   8       0 sda 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
                """);
        Files.createDirectories(root.resolve("sys/block/nvme0n1"));
        Files.createDirectories(root.resolve("sys/block/sda"));
        write("proc/net/dev", """
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo
                    lo: 65135 28539300    0    0    0     0          0         0 651355 28539300    0    0    0     0
                  eth0: 1000 5 0 0 0 0 0 0 2000 5 0 0 0 0 0 0
                 veth1:7 5 0 0 0 0 0 0 8 5 0 0 0 0 0 0
                """);
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }

    @Test
    void theFirstSampleCannotKnowHowBusyTheProcessorsWere() {
        assertThat(sampler.sample().cpuPercent()).isEmpty();
    }

    @Test
    void busyIsWhatIsNeitherIdleNorWaiting() throws IOException {
        sampler.sample();
        write("proc/stat", "cpu  130 0 130 720 120 0 0 0 90 0\n");
        assertThat(sampler.sample().cpuPercent().orElseThrow()).isCloseTo(60, within(0.001));
    }

    @Test
    void allProcessorsOfTheNodeCount() {
        assertThat(sampler.sample().cpus()).isEqualTo(1);
    }

    @Test
    void memoryAndSwapAreInBytes() {
        assertThat(sampler.sample().memory())
                .hasValue(new Memory(
                        24660028L * 1024, 20000000L * 1024, 3000000L * 1024, 1000000L * 1024, 600000L * 1024));
        assertThat(sampler.sample().memory().orElseThrow().swapUsed()).isEqualTo(400000L * 1024);
    }

    @Test
    void pressureIsThatOfTheKernelsFilesThereAre() {
        assertThat(sampler.sample().pressure())
                .isEqualTo(Map.of(Resource.MEMORY, new Pressure(7.68, 1.5, 8246.05291, 2.0)));
    }

    @Test
    void onlyWholeDisksThatWereUsedCount() {
        assertThat(sampler.sample().disks()).isEqualTo(Map.of("nvme0n1", new Traffic(2000 * 512, 4000 * 512)));
    }

    @Test
    void whereThereIsHardwareOnlyThatCounts() throws IOException {
        assertThat(sampler.sample().networks()).containsOnlyKeys("eth0", "veth1");
        Files.createDirectories(root.resolve("sys/class/net/eth0/device"));
        assertThat(sampler.sample().networks()).isEqualTo(Map.of("eth0", new Traffic(1000, 2000)));
    }

    @Test
    void aMachineThatTellsNothingIsNoError() {
        var nothing = new HostSampler(root.resolve("none"), root.resolve("none"), new TestClock()).sample();
        assertThat(nothing.memory()).isEmpty();
        assertThat(nothing.load()).isEmpty();
        assertThat(nothing.cpus()).isPositive();
        assertThat(nothing.pressure()).isEmpty();
    }

    @Test
    void thisMachineIsUnderstood() {
        assumeTrue(Files.exists(Path.of("/proc/meminfo")), "there is no /proc here");
        var here = new HostSampler().sample();
        assertThat(here.memory().orElseThrow().total()).isGreaterThan(1L << 28);
        assertThat(here.load()).isPresent();
    }
}

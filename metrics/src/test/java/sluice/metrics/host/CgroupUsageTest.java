package sluice.metrics.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupUsageTest {
    @TempDir
    Path root;

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }

    @Test
    void versionTwo() throws IOException {
        write("s/cpu.stat", "usage_usec 2500000\nuser_usec 2000000\n");
        write("s/memory.current", "1000\n");
        write("s/memory.stat", "anon 500\ninactive_file 300\n");
        write("s/memory.max", "4096\n");
        write("s/memory.events", "low 0\noom 3\noom_kill 2\n");
        write("s/pids.current", "17\n");
        var usage = CgroupUsage.of(List.of(root.resolve("s")));
        assertThat(usage.cpuSeconds()).hasValue(2.5);
        assertThat(usage.memoryBytes()).as("without the cache").hasValue(700);
        assertThat(usage.memoryLimit()).hasValue(4096);
        assertThat(usage.processes()).hasValue(17);
        assertThat(usage.outOfMemoryKills()).hasValue(2);
    }

    @Test
    void versionOneHasAFolderForEachController() throws IOException {
        write("cpu/s/cpu.stat", "nr_periods 0\nnr_throttled 0\n"); // version 1 has a file of that name too
        write("cpuacct/s/cpuacct.usage", "1500000000\n");
        write("memory/s/memory.usage_in_bytes", "1000\n");
        write("memory/s/memory.stat", "inactive_file 1\ntotal_inactive_file 400\n");
        write("memory/s/memory.limit_in_bytes", "9223372036854771712\n");
        write("memory/s/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n");
        write("pids/s/pids.current", "3\n");
        var usage = CgroupUsage.of(List.of(
                root.resolve("cpu/s"), root.resolve("cpuacct/s"), root.resolve("memory/s"), root.resolve("pids/s")));
        assertThat(usage.cpuSeconds()).hasValue(1.5);
        assertThat(usage.memoryBytes()).hasValue(600);
        assertThat(usage.memoryLimit()).as("the largest number means none").isEmpty();
        assertThat(usage.outOfMemoryKills()).hasValue(1);
        assertThat(usage.processes()).hasValue(3);
    }

    @Test
    void noLimitIsNoNumber() throws IOException {
        write("s/memory.max", "max\n");
        assertThat(CgroupUsage.of(List.of(root.resolve("s"))).memoryLimit()).isEmpty();
    }

    @Test
    void aSessionThatIsGoneUsesNothingKnown() {
        var usage = CgroupUsage.of(List.of(root.resolve("gone")));
        assertThat(usage.cpuSeconds()).isEmpty();
        assertThat(usage.memoryBytes()).isEmpty();
        assertThat(CgroupUsage.processes(List.of(root.resolve("gone")))).isEmpty();
    }

    @Test
    void processesOfGroupsBelowBelongToIt() throws IOException {
        write("s/cgroup.procs", "10\n11\n");
        write("s/app/cgroup.procs", "12\n");
        write("other/cgroup.procs", "13\n");
        assertThat(CgroupUsage.processes(List.of(root.resolve("s")))).containsExactlyInAnyOrder(10L, 11L, 12L);
    }
}

package sluice.kernels.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupMountsTest {
    @Test
    void aHybridMachineHasBothKinds() {
        var mounts = CgroupMounts.read(
                List.of(
                        "30 25 0:27 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory",
                        "31 25 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
                        "32 25 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd",
                        "33 25 0:30 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
                        "25 1 8:1 / / rw - ext4 /dev/root rw"),
                List.of("9:name=systemd:/", "4:memory:/part", "1:cpu,cpuacct:/", "0::/user.slice"));
        assertThat(mounts)
                .extracting(CgroupMounts.Mount::home)
                .contains(
                        Path.of("/sys/fs/cgroup/memory/part"),
                        Path.of("/sys/fs/cgroup/cpu,cpuacct"),
                        Path.of("/sys/fs/cgroup/unified/user.slice"));
    }

    @Test
    void aContainersMountIsAlreadyItsOwnPart() {
        var mounts = CgroupMounts.read(
                List.of("30 25 0:27 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup rw"), List.of("0::/docker/abc/x"));
        assertThat(mounts).extracting(CgroupMounts.Mount::home).containsExactly(Path.of("/sys/fs/cgroup/x"));
    }

    @TempDir
    Path folder;

    @Test
    void limitsAreWrittenAsTheUnifiedHierarchyWantsThem() throws Exception {
        var group = new CgroupV2(folder);
        var limits = new Limits(1 << 20, 1.5, 100, 10);
        for (var controller : List.of("memory", "cpu", "pids")) group.limit(controller, limits);
        assertThat(folder.resolve("memory.max")).hasContent("1048576");
        assertThat(folder.resolve("memory.oom.group")).hasContent("1");
        assertThat(folder.resolve("cpu.max")).hasContent("150000 100000");
        assertThat(folder.resolve("pids.max")).hasContent("100");
        Files.writeString(folder.resolve("memory.events"), "low 0\noom 3\noom_kill 2\noom_group_kill 1\n");
        assertThat(group.outOfMemoryKills()).isEqualTo(2);
    }
}

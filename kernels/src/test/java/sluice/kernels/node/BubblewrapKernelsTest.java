package sluice.kernels.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import sluice.kernels.sandbox.Limits;
import sluice.kernels.sandbox.SandboxConfig;

class BubblewrapKernelsTest extends KernelsContract {
    @Override
    String sandbox() {
        return "bubblewrap";
    }

    @Test
    void aKernelSeesNothingOfOtherPeople() throws Exception {
        try (var node = new TestNode(sandbox())) {
            var bobs = node.start("bob", "python3", Map.of("BOBS_SECRET", "b"), null);
            var secret = node.data.resolve("homes/bob/secret");
            Files.writeString(secret, "bobs");
            var socket = node.data.resolve("run/p/" + bobs.id() + "/x/k-2");
            assertThat(socket).exists();
            var alices = node.start("alice");
            try (var client = node.open(alices.id())) {
                client.run("import os, glob");
                assertThat(client.run("print(os.path.exists('" + secret + "'), os.path.exists('" + socket + "'))"))
                        .isEqualTo("False False");
                assertThat(client.run("print(os.listdir('/home'), os.path.exists('/home/bob'))"))
                        .isEqualTo("['alice'] False");
                assertThat(client.run("print(os.path.exists('" + node.data.resolve("journal") + "'))"))
                        .isEqualTo("False");
                assertThat(client.run("print(len([p for p in os.listdir('/proc') if p.isdigit()]) < 10)"))
                        .isEqualTo("True");
                assertThat(client.run("print(os.path.exists('/root/.bashrc'), os.path.expanduser('~'))"))
                        .isEqualTo("False /home/alice");
                assertThat(client.run("open('/etc/sluice', 'w')")).contains("Read-only");
                assertThat(client.run("import getpass, socket; print(getpass.getuser(), socket.gethostname())"))
                        .isEqualTo("alice sluice");
                assertThat(client.run("import subprocess; print(subprocess.run('id -un; cat /proc/1/cmdline | wc -c;"
                                + " ls /proc/self/fd', shell=True, capture_output=True, text=True).stdout)"))
                        .startsWith("alice");
                assertThat(client.run("import multiprocessing.shared_memory as s; m = s.SharedMemory('x', True, 9);"
                                + " m.close(); m.unlink(); print('shared')"))
                        .isEqualTo("shared");
            }
        }
    }

    @Test
    void aKernelThatUsesTooMuchMemoryIsEndedAndSaysSo() throws Exception {
        try (var node = new TestNode(
                sandbox(),
                config -> config,
                config -> new SandboxConfig(
                        config.kind(),
                        config.hide(),
                        config.devices(),
                        config.firstUid(),
                        new Limits(200L << 20, 1, 200, 1024),
                        0))) {
            var status = node.status();
            Assumptions.assumeTrue(
                    String.valueOf(status.get("limited")).contains("memory"),
                    "no memory control group may be written here");
            var kernel = node.start("alice");
            try (var client = node.open(kernel.id())) {
                assertThat(client.run("b = bytearray(400 << 20)")).contains("more memory than it may");
                client.takeUntil(seen -> seen.says("restarting"));
                client.takeUntil(seen -> seen.says("idle"));
                assertThat(client.run("import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE)[1])"))
                        .isEqualTo("1024");
            }
        }
    }
}

package sluice.kernels.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import sluice.kernels.link.Orders;
import sluice.kernels.link.Orders.AppRef;
import sluice.kernels.link.Orders.StartApp;

/// Homes with a limit, under real kernels.
class HomesTest {
    private static final String FILL = "open('big', 'wb').write(bytes(100 << 20))";

    private static void assumeLimited(TestNode node) throws Exception {
        var warning = String.valueOf(node.status().get("warning"));
        Assumptions.assumeFalse(warning.contains("limits.home"), warning);
    }

    private static boolean mounted(TestNode node, String owner) throws Exception {
        return Files.readString(Path.of("/proc/self/mountinfo"))
                .contains(" " + node.data.resolve("homes").resolve(owner) + " ");
    }

    @Test
    void aFullHomeIsAFullDiskToItsOwnerAndNobodyElse() throws Exception {
        try (var node = TestNode.withHomesOf(64L << 20)) {
            assumeLimited(node);
            var alices = node.start("alice");
            var bobs = node.start("bob");
            try (var alice = node.open(alices.id());
                    var bob = node.open(bobs.id())) {
                assertThat(alice.run(FILL)).contains("No space left on device");
                alice.run("import os; os.remove('big'); open('note', 'w').write('mine')");
                assertThat(node.data.resolve("homes/alice/note")).hasContent("mine");
                assertThat(bob.run("open('note', 'w').write('his')")).isEmpty();
            }
        }
    }

    @Test
    void aHomeIsMountedAsLongAsAnythingOfItsOwnerRuns() throws Exception {
        try (var node = TestNode.withHomesOf(64L << 20)) {
            assumeLimited(node);
            var first = node.start("alice");
            var second = node.start("alice");
            try (var client = node.open(first.id())) {
                client.run("open('note', 'w').write('mine')");
            }
            node.stop(first.id());
            assertThat(node.data.resolve("homes/alice/note")).hasContent("mine");
            node.reopen();
            TestNode.await(
                    "adoption", () -> node.get(second.id()).executionState().equals("idle"));
            assertThat(mounted(node, "alice")).isTrue();
            node.restart(second.id());
            try (var client = node.open(second.id())) {
                assertThat(client.run("print(open('note').read())")).isEqualTo("mine");
                assertThat(client.run(FILL)).contains("No space left on device");
            }
            node.stop(second.id());
            assertThat(mounted(node, "alice")).isFalse();
            var third = node.start("alice");
            node.leave();
            ProcessHandle.of(third.pid()).ifPresent(ProcessHandle::destroyForcibly);
            TestNode.await("its end", () -> !TestNode.runs(third.pid()));
            node.openAgain();
            TestNode.await("nobody there", () -> !mounted(node, "alice"));
        }
    }

    @Test
    void aKernelThatCannotStartLeavesNoHomeOpen() throws Exception {
        try (var node = TestNode.withHomesOf(64L << 20)) {
            assumeLimited(node);
            node.install("exits", "sh", "-c", "exit 3");
            try {
                node.start("alice", "exits", Map.of(), null);
            } catch (sluice.kernels.link.NodeProblem expected) {
                assertThat(expected).hasMessageContaining("exited with status 3");
            }
            assertThat(mounted(node, "alice")).isFalse();
            assertThat(node.data.resolve("home-images/alice/home.ext4")).exists();
        }
    }

    @Test
    void aLabKeepsItsOwnersHomeOpen() throws Exception {
        try (var node = TestNode.withHomesOf(64L << 20)) {
            assumeLimited(node);
            var look = new ProcessBuilder(
                            TestNode.prefix().resolve("bin/python").toString(), "-c", "import jupyterlab")
                    .redirectErrorStream(true)
                    .start();
            look.getInputStream().readAllBytes();
            Assumptions.assumeTrue(look.waitFor() == 0, "no jupyterlab beside ipykernel (pip install jupyterlab)");
            node.call(Orders.APP_START, new StartApp("lab-alice", "alice", "lab", "/user/alice/", Map.of()));
            node.reopen();
            assertThat(mounted(node, "alice")).isTrue();
            node.stop(node.start("alice").id());
            assertThat(mounted(node, "alice")).isTrue();
            node.call(Orders.APP_STOP, new AppRef("lab-alice"));
            assertThat(mounted(node, "alice")).isFalse();
        }
    }
}

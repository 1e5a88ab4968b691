package sluice.kernels.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import sluice.kernels.KernelsConfig;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders;
import sluice.kernels.link.Orders.KernelRef;
import sluice.kernels.link.Orders.StartKernel;

/// What a kernel's life is like, in whatever sandbox.
abstract class KernelsContract {
    private static final String COUNT = "x = globals().get('x', 0) + 1; print(x)";

    abstract String sandbox();

    @Test
    void aKernelRunsItsOwnersCodeInItsOwnersHome() throws Exception {
        try (var node = new TestNode(sandbox())) {
            Files.createDirectories(node.data.resolve("homes"));
            var kernel = node.start("alice", "python3", Map.of("GREETING", "it's \"me\"\n$HOME"), "work");
            assertThat(kernel.executionState()).isEqualTo("idle");
            assertThat(kernel.owner()).isEqualTo("alice");
            assertThat(kernel.sandbox()).isEqualTo(sandbox());
            assertThat(TestNode.runs(kernel.pid())).isTrue();
            assertThat(kernel.lastActivity()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
            try (var client = node.open(kernel.id())) {
                assertThat(client.run("import os; print(os.environ['KERNEL_USERNAME'], os.environ['KERNEL_ID'])"))
                        .isEqualTo("alice " + kernel.id());
                assertThat(client.run("print(os.environ['GREETING'])")).isEqualTo("it's \"me\"\n$HOME");
                assertThat(client.run("print('NODE_SECRET' in os.environ, 'JPY_PARENT_PID' in os.environ)"))
                        .isEqualTo("False False");
                client.run("open(os.path.expanduser('~/note'), 'w').write('mine')");
                assertThat(client.run("import sys; print(os.path.basename(sys.executable))"))
                        .startsWith("python");
                assertThat(node.get(kernel.id()).connections()).isEqualTo(1);
            }
            assertThat(node.data.resolve("homes/alice/note")).hasContent("mine");
            node.stop(kernel.id());
            assertThat(TestNode.runs(kernel.pid())).isFalse();
        }
    }

    @Test
    void anIdStartsOneKernelHoweverOftenItIsSaid() throws Exception {
        try (var node = new TestNode(sandbox())) {
            var kernel = node.start("alice");
            var again = new StartKernel(kernel.id(), "alice", "python3", Map.of(), null);
            assertThat(node.call(Orders.KERNEL_START, again)).extracting("pid").isEqualTo(kernel.pid());
            var others = new StartKernel(kernel.id(), "bob", "python3", Map.of(), null);
            assertThatThrownBy(() -> node.call(Orders.KERNEL_START, others)).isInstanceOf(NodeProblem.class);
            assertThatThrownBy(() -> node.call(
                            Orders.KERNEL_START, new StartKernel("../../etc", "bob", "python3", Map.of(), null)))
                    .hasMessageContaining("not a kernel id");
        }
    }

    @Test
    void aKernelThatCannotStartSaysWhyInItsOwnWords() throws Exception {
        try (var node = new TestNode(sandbox())) {
            node.install("exits", "sh", "-c", "echo 'no such luck' >&2; exit 3");
            node.install("killed", "sh", "-c", "kill -9 $$");
            node.install("nowhere", "/nowhere/to/be/found", "{connection_file}");
            node.install("forks", "sh", "-c", "sleep 300 & exit 0");
            node.installText("broken", "{\"argv\": [");
            assertProblem(node, "exits", "launch-failed", "exited with status 3", "no such luck");
            assertProblem(node, "killed", "launch-failed", "signal 9 (SIGKILL)");
            assertProblem(node, "nowhere", "launch-failed", "no program /nowhere/to/be/found");
            assertProblem(node, "forks", "launch-failed", "exited with status 0");
            assertProblem(node, "broken", "bad-spec", "kernel.json");
            assertProblem(node, "cobol", "unknown-spec", "cobol not found");
            assertThat((List<?>) node.call(Orders.KERNEL_LIST, Map.of())).isEmpty();
            TestNode.await("nothing left", () -> empty(node));
        }
    }

    private static void assertProblem(TestNode node, String spec, String code, String... words) {
        assertThatThrownBy(() -> node.start("alice", spec, Map.of(), null))
                .isInstanceOfSatisfying(
                        NodeProblem.class, problem -> assertThat(problem.code()).isEqualTo(code))
                .satisfies(problem -> assertThat(problem.getMessage()).contains(words));
    }

    private static boolean empty(TestNode node) {
        var rooms = node.data.resolve("run/p").toFile().list();
        var logs = node.data.resolve("logs/processes").toFile().list();
        return (rooms == null || rooms.length == 0) && (logs == null || logs.length == 0);
    }

    @Test
    void aKernelThatHangsAtItsStartIsGivenUp() throws Exception {
        try (var node = new TestNode(sandbox(), config -> quick(config, 300, 1500))) {
            node.install("hangs", "sh", "-c", "echo waiting; exec sleep 300");
            var kernel = node.start("alice", "hangs", Map.of(), null);
            assertThat(kernel.executionState()).isEqualTo("starting");
            var gone = node.events.poll(20, TimeUnit.SECONDS);
            assertThat(gone).isNotNull();
            assertThat(gone.event()).isEqualTo("kernel.gone");
            var dead = node.get(kernel.id());
            assertThat(dead.executionState()).isEqualTo("dead");
            assertThat(dead.reason()).contains("did not answer within", "waiting");
            assertThat(TestNode.runs(kernel.pid())).isFalse();
        }
    }

    @Test
    void aRunningCellIsInterrupted() throws Exception {
        try (var node = new TestNode(sandbox())) {
            var kernel = node.start("alice");
            try (var client = node.open(kernel.id())) {
                client.send("print('begun', flush=True)\nimport time; time.sleep(300)");
                client.takeUntil(seen -> seen.text().contains("begun"));
                node.call(Orders.KERNEL_INTERRUPT, new KernelRef(kernel.id()));
                client.takeUntil(
                        seen -> seen.content().path("ename").asString("").equals("KeyboardInterrupt"));
                client.takeUntil(seen -> seen.says("idle"));
                assertThat(client.run(COUNT)).isEqualTo("1");
            }
        }
    }

    @Test
    void aRestartKeepsTheIdAndTheClientsAndForgetsTheVariables() throws Exception {
        try (var node = new TestNode(sandbox())) {
            var kernel = node.start("alice");
            try (var client = node.open(kernel.id())) {
                assertThat(client.run(COUNT)).isEqualTo("1");
                var restarted = node.restart(kernel.id());
                assertThat(restarted.id()).isEqualTo(kernel.id());
                assertThat(restarted.pid()).isNotEqualTo(kernel.pid());
                assertThat(client.run(COUNT)).isEqualTo("1");
                assertThat(node.get(kernel.id()).executionState()).isEqualTo("idle");
                assertThat(TestNode.runs(kernel.pid())).isFalse();
            }
        }
    }

    @Test
    void aKilledKernelComesBackByItself() throws Exception {
        try (var node = new TestNode(sandbox())) {
            var kernel = node.start("alice");
            try (var client = node.open(kernel.id())) {
                assertThat(client.run(COUNT)).isEqualTo("1");
                var killed = System.nanoTime();
                ProcessHandle.of(kernel.pid()).orElseThrow().destroyForcibly();
                client.takeUntil(seen -> seen.says("restarting"));
                System.out.printf(
                        "%s: restarting %d ms after kill -9%n", sandbox(), (System.nanoTime() - killed) / 1_000_000);
                client.takeUntil(seen -> seen.says("idle"));
                assertThat(client.run(COUNT)).isEqualTo("1");
                assertThat(node.get(kernel.id()).executionState()).isEqualTo("idle");
                assertThat(client.run("import os; os._exit(7)")).contains("DeadKernelError");
                client.takeUntil(seen -> seen.says("idle"));
                assertThat(client.run(COUNT)).isEqualTo("1");
            }
        }
    }

    @Test
    void aKernelThatDiesAgainAndAgainIsDeadAtLast() throws Exception {
        try (var node = new TestNode(sandbox(), config -> withDeaths(config, 1))) {
            var kernel = node.start("alice");
            try (var client = node.open(kernel.id())) {
                client.send("import os; os._exit(9)");
                client.takeUntil(seen -> seen.says("restarting"));
                client.takeUntil(seen -> seen.says("idle"));
                client.send("import os; os._exit(9)");
                client.takeUntil(seen -> seen.says("dead"));
            }
            var gone = node.events.poll(20, TimeUnit.SECONDS);
            assertThat(gone).isNotNull();
            assertThat(gone.reason()).contains("exited with status 9", "2 times in a row");
            assertThat(node.get(kernel.id()).executionState()).isEqualTo("dead");
            node.stop(kernel.id());
            assertThatThrownBy(() -> node.get(kernel.id())).hasMessageContaining("does not exist");
        }
    }

    @Test
    void theNextNodeFindsKernelsWithTheirVariables() throws Exception {
        try (var node = new TestNode(sandbox())) {
            var kernel = node.start("alice", "python3", Map.of("TOKEN", "alices"), null);
            var other = node.start("bob");
            try (var client = node.open(kernel.id())) {
                assertThat(client.run(COUNT)).isEqualTo("1");
            }
            node.leave();
            ProcessHandle.of(other.pid()).orElseThrow().destroyForcibly();
            TestNode.await("killed", () -> !TestNode.runs(other.pid()));
            node.openAgain();
            TestNode.await("found again", () -> state(node, kernel.id()).equals("idle"));
            try (var client = node.open(kernel.id())) {
                assertThat(client.run(COUNT)).contains("2");
                assertThat(node.get(kernel.id()).pid()).isEqualTo(kernel.pid());
                node.restart(kernel.id());
                assertThat(client.run("import os; print(os.environ['TOKEN'])")).isEqualTo("alices");
                ProcessHandle.of(node.get(kernel.id()).pid()).orElseThrow().destroyForcibly();
                client.takeUntil(seen -> seen.says("restarting"));
                client.takeUntil(seen -> seen.says("idle"));
            }
            assertThatThrownBy(() -> node.get(other.id())).hasMessageContaining("does not exist");
            node.reopen();
            node.stop(kernel.id());
            assertThat(empty(node)).isTrue();
        }
    }

    private static String state(TestNode node, String id) {
        try {
            return node.get(id).executionState();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aKernelThatIsBusyWhenTheNodeEndsIsBusyWhenItIsFound() throws Exception {
        try (var node = new TestNode(sandbox())) {
            var kernel = node.start("alice");
            try (var client = node.open(kernel.id())) {
                client.send("print('begun', flush=True)\nimport time; time.sleep(3); y = 5");
                client.takeUntil(seen -> seen.text().contains("begun"));
            }
            node.reopen();
            TestNode.await("seen as busy", () -> state(node, kernel.id()).equals("busy"));
            TestNode.await("seen as idle", () -> state(node, kernel.id()).equals("idle"));
            try (var client = node.open(kernel.id())) {
                assertThat(client.run("print(y)")).isEqualTo("5");
            }
        }
    }

    @Test
    void whatNobodyRemembersIsEndedWhenTheNodeStarts() throws Exception {
        try (var node = new TestNode(sandbox())) {
            var kernel = node.start("alice");
            node.leave();
            Files.delete(node.data.resolve("journal/" + kernel.id() + ".json"));
            node.openAgain();
            assertThat(TestNode.runs(kernel.pid())).isFalse();
            assertThat(empty(node)).isTrue();
        }
    }

    @Test
    void whatAKernelStartedEndsWithIt() throws Exception {
        try (var node = new TestNode(sandbox())) {
            var kernel = node.start("alice");
            var mark = "3" + Math.abs(UUID.randomUUID().hashCode());
            try (var client = node.open(kernel.id())) {
                client.run("import subprocess; subprocess.Popen(['setsid', 'sleep', '" + mark + "'])");
                TestNode.await("it sleeps", () -> sleeping(mark));
            }
            node.stop(kernel.id());
            assertThat(sleeping(mark)).isFalse();
            assertThat(empty(node)).isTrue();
        }
    }

    private static boolean sleeping(String mark) {
        return ProcessHandle.allProcesses()
                .anyMatch(process -> process.info().arguments().stream()
                        .anyMatch(words -> List.of(words).contains(mark)));
    }

    @Test
    void oneStartsEnvironmentIsNeverAnothers() throws Exception {
        try (var node = new TestNode(sandbox())) {
            var first = node.start("alice", "python3", Map.of("KERNEL_SECRET", "one"), null);
            var second = node.start("alice");
            try (var client = node.open(second.id())) {
                assertThat(client.run("import os; print('KERNEL_SECRET' in os.environ)"))
                        .isEqualTo("False");
            }
            try (var client = node.open(first.id())) {
                assertThat(client.run("import os; print(os.environ['KERNEL_SECRET'])"))
                        .isEqualTo("one");
            }
        }
    }

    @Test
    void aFloodOfOutputDoesNotFillTheDisk() throws Exception {
        try (var node = new TestNode(sandbox())) {
            node.install(
                    "floods",
                    "sh",
                    "-c",
                    "yes | head -c 20000000; exec \"$0\" -m ipykernel_launcher -f \"$1\"",
                    TestNode.prefix().resolve("bin/python").toString(),
                    "{connection_file}");
            node.start("alice", "floods", Map.of(), null);
            try (var logs = Files.list(node.data.resolve("logs/processes"))) {
                assertThat(logs.mapToLong(log -> log.toFile().length()).sum()).isBetween(1L << 19, 1L << 20);
            }
        }
    }

    @Test
    void nobodyHasMoreKernelsThanTheirLimit() throws Exception {
        try (var node = new TestNode(sandbox(), config -> withLimits(config, 3, 1))) {
            var kernel = node.start("alice");
            assertThatThrownBy(() -> node.start("alice"))
                    .isInstanceOfSatisfying(
                            NodeProblem.class,
                            problem -> assertThat(problem.code()).isEqualTo("limit"));
            node.start("bob");
            node.start("carol");
            assertThatThrownBy(() -> node.start("dave")).hasMessageContaining("This node has 3 kernels");
            node.stop(kernel.id());
            node.start("dave");
            node.call(Orders.OWNER_STOP, Map.of("owner", "dave"));
            node.start("alice");
        }
    }

    @Test
    void aKernelThatCanOnlyDoTcpDoes() throws Exception {
        try (var node = new TestNode(sandbox())) {
            node.install(
                    "tcp",
                    Map.of(
                            "argv",
                            List.of("python", "-m", "ipykernel_launcher", "-f", "{connection_file}"),
                            "display_name",
                            "tcp",
                            "language",
                            "python",
                            "metadata",
                            Map.of("sluice", Map.of("transport", "tcp"))));
            var kernel = node.start("alice", "tcp", Map.of(), null);
            try (var client = node.open(kernel.id())) {
                assertThat(client.run(COUNT)).isEqualTo("1");
                ProcessHandle.of(kernel.pid()).orElseThrow().destroyForcibly();
                client.takeUntil(seen -> seen.says("restarting"));
                client.takeUntil(seen -> seen.says("idle"));
                assertThat(client.run(COUNT)).isEqualTo("1");
            }
        }
    }

    @Test
    void anotherLanguageRuns() throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Files.exists(java.nio.file.Path.of("/usr/share/jupyter/kernels/ir")),
                "IRkernel is not installed (apt install r-cran-irkernel)");
        try (var node = new TestNode(sandbox())) {
            var kernel = node.start("alice", "ir", Map.of(), null);
            try (var client = node.open(kernel.id())) {
                assertThat(client.run("cat(6 * 7)")).isEqualTo("42");
            }
        }
    }

    @Test
    void anUnusedKernelIsEndedAndItsClientsAreTold() throws Exception {
        try (var node = new TestNode(sandbox(), KernelsContract::impatient)) {
            var kernel = node.start("alice");
            try (var client = node.open(kernel.id())) {
                client.run(COUNT);
                client.takeUntil(seen -> seen.text().contains("has not been used"));
                client.takeUntil(seen -> seen.says("dead"));
            }
            var gone = node.events.poll(20, TimeUnit.SECONDS);
            assertThat(gone).isNotNull();
            assertThat(gone.reason()).contains("was not used");
            assertThat(TestNode.runs(kernel.pid())).isFalse();
        }
    }

    private static KernelsConfig quick(KernelsConfig c, int startWaitMillis, int launchMillis) {
        return new KernelsConfig(
                c.most(),
                c.mostPerOwner(),
                Duration.ofMillis(startWaitMillis),
                Duration.ofMillis(launchMillis),
                c.stopWait(),
                c.termWait(),
                c.deaths(),
                c.shortLife(),
                c.deadKept(),
                c.passEnv(),
                c.culling());
    }

    private static KernelsConfig withDeaths(KernelsConfig c, int deaths) {
        return new KernelsConfig(
                c.most(),
                c.mostPerOwner(),
                c.startWait(),
                c.launchTimeout(),
                c.stopWait(),
                c.termWait(),
                deaths,
                Duration.ofMinutes(5),
                c.deadKept(),
                c.passEnv(),
                c.culling());
    }

    private static KernelsConfig withLimits(KernelsConfig c, int most, int mostPerOwner) {
        return new KernelsConfig(
                most,
                mostPerOwner,
                c.startWait(),
                c.launchTimeout(),
                c.stopWait(),
                c.termWait(),
                c.deaths(),
                c.shortLife(),
                c.deadKept(),
                c.passEnv(),
                c.culling());
    }

    private static KernelsConfig impatient(KernelsConfig c) {
        var culling = new KernelsConfig.Culling(
                Duration.ofSeconds(2), Duration.ZERO, Duration.ofMillis(100), true, Duration.ofSeconds(1));
        return new KernelsConfig(
                c.most(),
                c.mostPerOwner(),
                c.startWait(),
                c.launchTimeout(),
                c.stopWait(),
                c.termWait(),
                c.deaths(),
                c.shortLife(),
                c.deadKept(),
                c.passEnv(),
                culling);
    }
}

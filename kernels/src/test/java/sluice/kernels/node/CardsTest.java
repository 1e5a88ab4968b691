package sluice.kernels.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.kernels.Cards;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders;
import sluice.kernels.link.Orders.Grant;
import sluice.kernels.link.Orders.GrantedCard;
import sluice.metrics.gpu.Vendor;

/// A kernel sees the cards it was granted. The files are real device files (of /dev/zero), the cards are not.
class CardsTest {
    private static final String LOOK = "import os, glob; print(sorted(os.path.basename(f) for f in glob.glob('%s/*')),"
            + " *[os.environ.get(n) for n in ('CUDA_VISIBLE_DEVICES', 'NVIDIA_VISIBLE_DEVICES', 'SLUICE_GPUS',"
            + " 'SLUICE_GPU_MEMORY', 'SLUICE_TEAM', 'SLUICE_FLAVOUR')])";

    @TempDir
    Path dev;

    private Path first;
    private Path second;
    private FakeGpus gpus;

    @BeforeEach
    void cards() throws Exception {
        first = dev.resolve("nvidia0");
        second = dev.resolve("nvidia1");
        gpus = new FakeGpus(
                FakeGpus.card(Vendor.NVIDIA, "GPU-a", 0, first), FakeGpus.card(Vendor.NVIDIA, "GPU-b", 1, second));
    }

    private void makeDevices() throws Exception {
        for (var file : List.of(first, second, dev.resolve("nvidiactl"), dev.resolve("nvidia-uvm"))) {
            var made = new ProcessBuilder("mknod", "-m", "666", file.toString(), "c", "1", "5").start();
            Assumptions.assumeTrue(made.waitFor() == 0, "device files cannot be made here: mknod needs root");
        }
    }

    private static Grant grant(GrantedCard... cards) {
        return new Grant("physics", "a100-half", List.of(cards), 0, 0);
    }

    @Test
    void aKernelSeesItsCardAndNoOther() throws Exception {
        makeDevices();
        try (var node = new TestNode("bubblewrap", () -> gpus, dev)) {
            var spoofed = Map.of("CUDA_VISIBLE_DEVICES", "0,1", "SLUICE_TEAM", "other", "ROCR_VISIBLE_DEVICES", "0");
            var ada = node.start("ada", spoofed, grant(new GrantedCard("GPU-b", 500, 40L << 30)));
            var ben = node.start("ben", Map.of("CUDA_VISIBLE_DEVICES", "0"), grant());
            var eve = node.start("eve");
            assertThat(ada.grant()).isEqualTo(grant(new GrantedCard("GPU-b", 500, 40L << 30)));
            var hers = "['nvidia-uvm', 'nvidia1', 'nvidiactl'] GPU-b GPU-b GPU-b 42949672960 physics a100-half";
            try (var client = node.open(ada.id())) {
                assertThat(client.run(LOOK.formatted(dev))).isEqualTo(hers);
                assertThat(client.run(
                                "print(open('" + second + "', 'rb').read(3), 'ROCR_VISIBLE_DEVICES' in os.environ)"))
                        .isEqualTo("b'\\x00\\x00\\x00' False");
                node.restart(ada.id());
                assertThat(client.run(LOOK.formatted(dev))).isEqualTo(hers);
            }
            try (var client = node.open(ben.id())) {
                assertThat(client.run(LOOK.formatted(dev))).isEqualTo("[]  void None None physics a100-half");
                assertThat(client.run("print(glob.glob('/dev/nvidia*'))")).isEqualTo("[]");
            }
            try (var client = node.open(eve.id())) {
                assertThat(client.run(LOOK.formatted(dev))).isEqualTo("[]  void None None None None");
            }
        }
    }

    @Test
    void aCardThatOnlyItsGroupMayOpenIsOpenedByItsKernel() throws Exception {
        makeDevices();
        Files.setAttribute(first, "unix:gid", 4242);
        Files.setAttribute(first, "unix:mode", 0660);
        try (var node = new TestNode("bubblewrap", () -> gpus, dev)) {
            var open = "print(open('" + first + "', 'rb').read(1))";
            var ada = node.start("ada", Map.of(), grant(new GrantedCard("GPU-a", 1000, 0)));
            try (var client = node.open(ada.id())) {
                assertThat(client.run(open)).isEqualTo("b'\\x00'");
                assertThat(client.run("import os; print(os.environ['SLUICE_GPU_MEMORY'])"))
                        .isEqualTo(Long.toString(FakeGpus.BYTES));
            }
        }
    }

    @Test
    void aKernelKeepsItsCardsWhenTheNodeIsKilledAndWhenItRestarts() throws Exception {
        makeDevices();
        try (var node = new TestNode("bubblewrap", () -> gpus, dev)) {
            var granted = grant(new GrantedCard("GPU-a", 1000, 0));
            var ada = node.start("ada", Map.of(), granted);
            node.reopen();
            TestNode.await("adoption", () -> node.get(ada.id()).executionState().equals("idle"));
            assertThat(node.get(ada.id())).extracting("grant", "pid").containsExactly(granted, ada.pid());
            node.restart(ada.id());
            try (var client = node.open(ada.id())) {
                assertThat(client.run(LOOK.formatted(dev)))
                        .contains("'nvidia0'")
                        .doesNotContain("'nvidia1'");
            }
        }
    }

    @Test
    void aCardThatIsUnknownGoneOrWithoutFilesIsSaid() throws Exception {
        makeDevices();
        Files.delete(second);
        try (var node = new TestNode("auto", () -> gpus, dev)) {
            assertThat(node.status().get("warning")).asString().contains("GPU-b (Fake H100) has no file " + second);
            assertRefused(node, "GPU-c", "no card GPU-c any more");
            assertRefused(node, "GPU-b", "has no file " + second);
            gpus.lose("GPU-a");
            assertRefused(node, "GPU-a", "GPU-a (Fake H100) does not answer");
            assertThat((List<?>) node.call(Orders.KERNEL_LIST, Map.of())).isEmpty();
        }
    }

    private static void assertRefused(TestNode node, String uuid, String words) {
        assertThatThrownBy(() -> node.start("ada", Map.of(), grant(new GrantedCard(uuid, 1000, 0))))
                .isInstanceOfSatisfying(
                        NodeProblem.class, problem -> assertThat(problem.code()).isEqualTo("launch-failed"))
                .hasMessageContaining(words);
    }

    @Test
    void withoutASandboxTheNodeSaysThatVariablesAreAll() throws Exception {
        makeDevices();
        try (var node = new TestNode("plain", () -> gpus, dev)) {
            assertThat(node.status().get("warning")).asString().contains("every kernel can use every card");
            var ada =
                    node.start("ada", Map.of("CUDA_VISIBLE_DEVICES", "0,1"), grant(new GrantedCard("GPU-b", 1000, 0)));
            try (var client = node.open(ada.id())) {
                assertThat(client.run("import os; print(os.environ['CUDA_VISIBLE_DEVICES'])"))
                        .isEqualTo("GPU-b");
            }
        }
    }

    @Test
    void otherVendorsCardsAreNamedAsTheirLibrariesWantThem() throws Exception {
        var files = Files.createFile(dev.resolve("kfd"));
        var amd = new Cards(
                new FakeGpus(
                        FakeGpus.card(Vendor.AMD, "d9ff", 0, files),
                        FakeGpus.card(Vendor.AMD, "GPU-77", 1, files),
                        FakeGpus.card(Vendor.AMD, "aaaa", 2, files)),
                dev);
        var two = amd.of(grant(new GrantedCard("GPU-77", 1000, 0), new GrantedCard("aaaa", 1000, 0)));
        assertThat(two.env())
                .containsEntry("ROCR_VISIBLE_DEVICES", "GPU-77,2")
                .containsEntry("HIP_VISIBLE_DEVICES", "0,1")
                .containsEntry("CUDA_VISIBLE_DEVICES", "0,1");
        assertThat(two.devices()).containsExactly(files);
        assertThat(amd.none().env()).containsEntry("ROCR_VISIBLE_DEVICES", "").containsEntry("HIP_VISIBLE_DEVICES", "");
        var davinci = Files.createFile(dev.resolve("davinci3"));
        Files.createFile(dev.resolve("davinci_manager"));
        var ascend = new Cards(new FakeGpus(FakeGpus.card(Vendor.ASCEND, "NPU-1", 3, davinci)), dev)
                .of(grant(new GrantedCard("NPU-1", 1000, 0)));
        assertThat(ascend.env())
                .containsEntry("ASCEND_RT_VISIBLE_DEVICES", "3")
                .containsEntry("CUDA_VISIBLE_DEVICES", "");
        assertThat(ascend.devices()).containsExactly(davinci, dev.resolve("davinci_manager"));
    }

    @Test
    void aGrantLimitsItsKernelAlone() throws Exception {
        try (var node = new TestNode("auto")) {
            Assumptions.assumeTrue(
                    String.valueOf(node.status().get("limited")).contains("cpu")
                            && Files.exists(Path.of("/sys/fs/cgroup/memory")),
                    "no control groups of the old kind may be written here");
            var ada = node.start("ada", Map.of(), new Grant("physics", "small", List.of(), 1.5, 200L << 20));
            assertThat(limit(ada.pid(), "cpu", "cpu.cfs_quota_us")).isEqualTo("150000");
            assertThat(limit(ada.pid(), "memory", "memory.limit_in_bytes")).isEqualTo(Long.toString(200L << 20));
            var ben = node.start("ben");
            assertThat(limit(ben.pid(), "cpu", "cpu.cfs_quota_us")).isEqualTo("-1");
            TestNode.await(
                    "a sample",
                    () -> node.snapshot().sessions().stream()
                            .anyMatch(session -> session.tenant().session().equals(ada.id())
                                    && session.tenant().account().equals("physics")
                                    && session.tenant().queue().equals("small")));
        }
    }

    private static String limit(long pid, String controller, String file) throws Exception {
        var line = Files.readAllLines(Path.of("/proc/" + pid + "/cgroup")).stream()
                .filter(each -> List.of(each.split(":")[1].split(",")).contains(controller))
                .findFirst()
                .orElseThrow();
        return Files.readString(Path.of("/sys/fs/cgroup/" + controller + line.split(":", 3)[2], file))
                .strip();
    }

    @Test
    void aSimulatedCardShowsWhoIsOnIt() throws Exception {
        try (var node = new TestNode("auto")) {
            TestNode.await("a sample", () -> node.snapshot().cards().isPresent());
            var card = node.snapshot()
                    .cards()
                    .orElseThrow()
                    .cards()
                    .getFirst()
                    .sample()
                    .gpu();
            var ada = node.start("ada", Map.of(), grant(new GrantedCard(card.uuid(), 500, 8L << 30)));
            TestNode.await("its context on the card", () -> use(node, ada.id(), 512L << 20, 0));
            try (var client = node.open(ada.id())) {
                assertThat(
                                client.run(
                                        "import os; print(os.environ['CUDA_VISIBLE_DEVICES'], os.environ['SLUICE_GPU_SIMULATED'])"))
                        .isEqualTo(card.uuid() + " 1");
                client.send("input = None; import time; time.sleep(300)");
                TestNode.await("its work on the card", () -> use(node, ada.id(), 4L << 30, 45));
                assertThat(node.get(ada.id()).busyMillis()).isPositive();
                node.call(Orders.KERNEL_INTERRUPT, new Orders.KernelRef(ada.id()));
                TestNode.await("rest", () -> use(node, ada.id(), 512L << 20, 0));
            }
            node.reopen();
            TestNode.await("it again after the node", () -> use(node, ada.id(), 512L << 20, 0));
            node.stop(ada.id());
            TestNode.await("an empty card", () -> uses(node).isEmpty());
        }
    }

    private static boolean use(TestNode node, String session, long bytes, int util) throws Exception {
        return uses(node).equals(List.of("%s ada physics %d %d".formatted(session, bytes, util)));
    }

    private static List<String> uses(TestNode node) throws Exception {
        var cards = node.snapshot().cards();
        if (cards.isEmpty()) return List.of("no sample");
        return cards.get().cards().stream()
                .flatMap(card -> card.uses().stream())
                .map(use -> "%s %s %s %d %d"
                        .formatted(
                                use.tenant().session(),
                                use.tenant().user(),
                                use.tenant().account(),
                                use.bytes().orElse(-1),
                                use.smUtil().orElse(-1)))
                .toList();
    }
}

package sluice.metrics.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.metrics.LiveNode;
import sluice.metrics.TestClock;
import sluice.metrics.gpu.FakeDriver;
import sluice.metrics.gpu.Gpus;
import sluice.metrics.gpu.GpusUnavailable;
import sluice.metrics.gpu.SimulatedGpus;

/// The page of a node with cards, from the driver's call to the line of text.
class LivePageTest {
    private static final long GIB = 1L << 30;

    private final TestClock clock = new TestClock();
    private final SimulatedGpus gpus = SimulatedGpus.open("simulated:2xH100-80GiB", "here", clock, new Random(1));
    private LiveNode node;
    private PrometheusPage page;

    @BeforeEach
    void aBusyNode() {
        node = node(gpus);
        gpus.occupy(gpus.cards().get(0).uuid(), "s-1", 1, 10 * GIB, 50);
        page = node.page();
    }

    private LiveNode node(Gpus cards) {
        return new LiveNode("node\"1", cards, clock);
    }

    private PageParser.Page scrape() {
        clock.pass(Duration.ofSeconds(1));
        node.look();
        return PageParser.parse(page.text());
    }

    private static PageParser.Series only(PageParser.Parsed family, String label, String value) {
        return family.series().stream()
                .filter(series -> value.equals(series.labels().get(label)))
                .reduce((_, _) -> {
                    throw new AssertionError("more than one " + label + "=" + value);
                })
                .orElseThrow();
    }

    @Test
    void aSimulatedNodeShowsSixtyFamiliesOfCardsAndNodeAndMore() {
        gpus.fail(gpus.cards().get(1).uuid(), 31);
        scrape();
        var parsed = scrape();
        var cardsAndNode = parsed.names().stream()
                .filter(name -> !name.startsWith("sluice_page_"))
                .toList();
        assertThat(cardsAndNode).hasSizeGreaterThanOrEqualTo(60);
        var byName = Catalogue.families().stream().collect(Collectors.toMap(Family::name, Function.identity()));
        assertThat(parsed.families()).allSatisfy((name, family) -> {
            var declared = byName.get(name);
            if (declared == null) throw new AssertionError(name + " is not in the catalogue");
            assertThat(family.type()).isEqualToIgnoringCase(declared.type().name());
            assertThat(family.series())
                    .allSatisfy(series ->
                            assertThat(List.copyOf(series.labels().keySet())).isEqualTo(declared.labels()));
        });
    }

    @Test
    void labelsAreDcgms() {
        var series = only(scrape().get("DCGM_FI_DEV_FB_USED"), "gpu", "0");
        assertThat(series.value()).isEqualTo(10 * 1024);
        assertThat(series.labels())
                .containsEntry("UUID", gpus.cards().get(0).uuid())
                .containsEntry("pci_bus_id", "00000000:00:00.0")
                .containsEntry("device", "simulated0")
                .containsEntry("modelName", "Simulated H100")
                .containsEntry("Hostname", "node\"1")
                .containsEntry("DCGM_FI_DRIVER_VERSION", "simulated");
    }

    @Test
    void simulatedCardsAreSaidToBe() {
        assertThat(only(scrape().get("sluice_gpu_info"), "gpu", "0").labels())
                .containsEntry("simulated", "true")
                .containsEntry("vendor", "simulated");
    }

    @Test
    void sessionsAreShownAndGo() {
        assertThat(only(scrape().get("sluice_session_gpu_memory_bytes"), "session", "s-1")
                        .value())
                .isEqualTo(10 * GIB);
        gpus.release(gpus.cards().get(0).uuid(), "s-1");
        assertThat(scrape().names()).doesNotContain("sluice_session_gpu_memory_bytes");
    }

    @Test
    void anErrorIsCountedAndTellsOnTheCardsHealth() {
        gpus.fail(gpus.cards().get(1).uuid(), 48);
        gpus.fail(gpus.cards().get(1).uuid(), 48);
        var parsed = scrape();
        assertThat(only(parsed.get("DCGM_FI_DEV_XID_ERRORS"), "gpu", "1").value())
                .isEqualTo(48);
        assertThat(only(parsed.get("DCGM_FI_DEV_XID_ERRORS"), "gpu", "0").value())
                .isZero();
        assertThat(only(parsed.get("DCGM_EXP_XID_ERRORS_COUNT"), "xid", "48").value())
                .isEqualTo(2);
        assertThat(parsed.get("sluice_gpu_health").series().stream()
                        .filter(series -> series.value() == 1)
                        .map(series -> series.labels().get("gpu") + " "
                                + series.labels().get("state")))
                .containsExactly("0 ok", "1 failed");
    }

    @Test
    void aLostCardKeepsOnlyWhatIsKnownOfIt() {
        gpus.fallOff(gpus.cards().get(1).uuid());
        var parsed = scrape();
        assertThat(parsed.get("DCGM_FI_DEV_GPU_TEMP").series()).hasSize(1);
        assertThat(only(parsed.get("sluice_gpu_up"), "gpu", "1").value()).isZero();
        assertThat(only(parsed.get("sluice_gpu_info"), "gpu", "1").value()).isEqualTo(1);
    }

    @Test
    void figuresThatAreTooOldGoAndTheDriverIsSaidToBeDown() {
        assertThat(scrape().get("sluice_node_gpu_driver_up").series().getFirst().value())
                .isEqualTo(1);
        clock.pass(Duration.ofMinutes(1));
        var parsed = PageParser.parse(page.text());
        assertThat(parsed.names()).doesNotContain("DCGM_FI_DEV_GPU_TEMP");
        assertThat(parsed.get("sluice_node_gpu_driver_up").series().getFirst().value())
                .isZero();
        assertThat(only(parsed.get("sluice_node_agent_up"), "Hostname", "node\"1")
                        .value())
                .isEqualTo(1);
    }

    @Test
    void aNodeThatIsAwayIsDown() {
        var agents = scrape().get("sluice_node_agent_up");
        assertThat(only(agents, "Hostname", "gone").value()).isZero();
        assertThat(agents.series()).hasSize(2);
    }

    @Test
    void ascendsCardsHaveTheNamesOfHuaweisExporterToo() {
        assertThat(scrape().names()).noneMatch(name -> name.startsWith("npu_"));
        try (var real = FakeDriver.of("fake_dcmi.c").ascend(clock)) {
            node = node(real);
            page = node.page();
            var parsed = scrape();
            var memory = only(parsed.get("npu_chip_info_hbm_total_memory"), "id", "1");
            assertThat(memory.value()).isEqualTo(85_520_809_984L / (1 << 20));
            assertThat(memory.labels())
                    .containsEntry("model_name", "Ascend 910B3")
                    .containsKey("vdie_id");
            assertThat(only(parsed.get("npu_chip_info_power"), "id", "0").value())
                    .isEqualTo(123.4);
            assertThat(only(parsed.get("npu_chip_info_health_status"), "id", "0")
                            .value())
                    .isEqualTo(1);
            assertThat(parsed.names()).contains("DCGM_FI_DEV_FB_USED");
        }
    }

    @Test
    void aNodeWithoutCardsHasNoDriver() throws GpusUnavailable {
        node = node(Gpus.open("none"));
        page = node.page();
        clock.pass(Duration.between(clock.instant(), Instant.now()));
        node.look();
        assertThat(PageParser.parse(page.text()).names())
                .contains("sluice_node_agent_up")
                .doesNotContain("sluice_node_gpu_driver_up", "sluice_gpu_up");
    }

    @Test
    void whatADriverDoesNotSupportIsNotOnThePage() {
        var driver = FakeDriver.of("fake_nvml.c");
        driver.set("1.field82", -3).set("fail.nvmlDeviceGetFanSpeed_v2", 3);
        try (var real = driver.nvml(clock)) {
            node = node(real);
            page = node.page();
            scrape();
            var parsed = scrape();
            assertThat(parsed.names()).doesNotContain("sluice_gpu_fan_percent");
            assertThat(parsed.get("DCGM_FI_DEV_MEMORY_TEMP").series())
                    .singleElement()
                    .satisfies(series -> assertThat(series.labels()).containsEntry("gpu", "0"));
            assertThat(parsed.names().stream().filter(name -> name.startsWith("DCGM_")))
                    .hasSizeGreaterThan(38);
        }
    }

    @Test
    void promtoolReadsIt() throws IOException, InterruptedException {
        scrape();
        var status = feed(
                page.text(), List.of("promtool", "check", "metrics"), "promtool is missing (apt install prometheus)");
        assertThat(status)
                .as("1 is a page that cannot be read; 3 only lints names, and DCGM's are as they are")
                .isNotEqualTo(1);
    }

    @Test
    void prometheusOwnPythonParserReadsIt() throws IOException, InterruptedException {
        scrape();
        var python = System.getProperty("sluice.python", "python3");
        var missing = python + " has no prometheus_client (pip install prometheus-client)";
        assumeTrue(feed("", List.of(python, "-c", "import prometheus_client"), missing) == 0, missing);
        var program = """
                import sys
                from prometheus_client.parser import text_string_to_metric_families
                families = list(text_string_to_metric_families(sys.stdin.read()))
                assert len(families) >= 60, len(families)
                """;
        assertThat(feed(page.text(), List.of(python, "-c", program), missing)).isZero();
    }

    private static int feed(String text, List<String> command, String missing)
            throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(new ArrayList<>(command))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, missing);
            return -1;
        }
        try (var out = process.outputWriter()) {
            out.write(text);
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}

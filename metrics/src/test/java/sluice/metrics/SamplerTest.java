package sluice.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sluice.metrics.gpu.FakeDriver;
import sluice.metrics.gpu.GpuEvent;
import sluice.metrics.gpu.Gpus;
import sluice.metrics.gpu.Health;
import sluice.metrics.gpu.Reading;
import sluice.metrics.gpu.SimulatedGpus;
import sluice.metrics.host.HostSampler;

@Timeout(60)
class SamplerTest {
    private static final long GIB = 1L << 30;

    private final TestClock clock = new TestClock();
    private final SimulatedGpus gpus = SimulatedGpus.open("simulated:2x80GiB", "here", clock, new Random(1));
    private final String first = gpus.cards().get(0).uuid();

    @TempDir
    Path folder;

    private Sampler sampler(Tenants tenants) {
        return sampler(gpus, tenants, SamplerConfig.standard(), clock);
    }

    private static Sampler sampler(Gpus gpus, Tenants tenants, SamplerConfig config, Clock clock) {
        var host = new HostSampler(Path.of("/proc"), Path.of("/sys"), clock);
        return new Sampler("node1", gpus, host, tenants, config, clock);
    }

    private void tick(Sampler sampler) {
        clock.pass(Duration.ofSeconds(1));
        sampler.sampleCards();
        sampler.sampleHost();
    }

    private static CardNow card(Sampler sampler, int index) {
        return sampler.latest().cards().orElseThrow().cards().get(index);
    }

    @Test
    void beforeTheFirstLookNothingIsKnown() {
        var latest = sampler(Tenants.NOBODY).latest();
        assertThat(latest.cards()).isEmpty();
        assertThat(latest.host()).isEmpty();
        assertThat(latest.hostname()).isEqualTo("node1");
    }

    @Test
    void aSnapshotHasCardsNodeAndHistory() {
        var sampler = sampler(Tenants.NOBODY);
        gpus.occupy(first, "s-1", 1, 4 * GIB, 50);
        tick(sampler);
        tick(sampler);
        assertThat(sampler.latest().host()).isPresent();
        assertThat(card(sampler, 0).sample().readings().get(Reading.MEMORY_USED))
                .hasValue(4.0 * GIB);
        var history = sampler.history(first).orElseThrow();
        assertThat(history.points(Reading.MEMORY_USED))
                .extracting(History.Point::value)
                .containsExactly(4.0 * GIB, 4.0 * GIB);
        assertThat(sampler.hostHistory().points(Sampler.HostChart.MEMORY_USED)).hasSize(2);
        assertThat(sampler.history("GPU-nobody")).isEmpty();
    }

    @Test
    void errorsAreCountedAndTold() {
        var sampler = sampler(Tenants.NOBODY);
        var told = new ArrayList<GpuEvent>();
        sampler.onEvent(_ -> {
            throw new IllegalStateException("a listener that fails does not stop the others");
        });
        sampler.onEvent(told::add);
        gpus.fail(first, 48);
        gpus.fail(first, 31);
        gpus.fail(first, 31);
        tick(sampler);
        assertThat(told).hasSize(3);
        assertThat(card(sampler, 0).errors().xids()).containsEntry(31, 2L).containsEntry(48, 1L);
        assertThat(card(sampler, 0).errors().lastXid()).hasValue(31);
        assertThat(card(sampler, 0).health()).isEqualTo(Health.FAILED);
        assertThat(card(sampler, 1).health()).isEqualTo(Health.OK);
        tick(sampler);
        assertThat(told).as("each is told once").hasSize(3);
    }

    @Test
    void aCardThatGoesAndComesBackIsToldAndItsErrorsAreOver() {
        var sampler = sampler(Tenants.NOBODY);
        var told = new ArrayList<GpuEvent>();
        sampler.onEvent(told::add);
        tick(sampler);
        gpus.fail(first, 79);
        tick(sampler);
        assertThat(card(sampler, 0).health()).isEqualTo(Health.LOST);
        tick(sampler);
        gpus.reset(first);
        tick(sampler);
        assertThat(told)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Xid", "Lost", "Returned");
        assertThat(card(sampler, 0).health()).isEqualTo(Health.OK);
        assertThat(card(sampler, 0).errors().xids()).as("the count stays").containsEntry(79, 1L);
    }

    @Test
    void aCardThatWasResetByHandIsForgiven() {
        var sampler = sampler(Tenants.NOBODY);
        gpus.fail(first, 94);
        tick(sampler);
        assertThat(card(sampler, 0).health()).isEqualTo(Health.DRAIN);
        sampler.forgive(first);
        tick(sampler);
        assertThat(card(sampler, 0).health()).isEqualTo(Health.OK);
    }

    @Test
    void figuresThatAreOldAreNotShownAsNew() {
        var sampler = sampler(Tenants.NOBODY);
        tick(sampler);
        clock.pass(Duration.ofSeconds(15));
        assertThat(sampler.latest().cards()).isPresent();
        clock.pass(Duration.ofSeconds(1));
        assertThat(sampler.latest().cards()).isEmpty();
    }

    @Test
    void aSessionOnSimulatedCardsIsKnownByItsName() {
        var sampler = sampler(() -> List.of(new Tenant("s-1", "ada", "physics", "day", List.of())));
        gpus.occupy(first, "s-1", 1, GIB, 50);
        gpus.occupy(first, "s-9", 2, GIB, 5);
        tick(sampler);
        assertThat(card(sampler, 0).uses())
                .extracting(use -> use.tenant().session() + " " + use.tenant().user())
                .containsExactly("s-1 ada", "s-9 ");
    }

    @Test
    void aProcessIsItsSessionsByTheControlGroup() throws IOException {
        var driver = FakeDriver.of("fake_nvml.c");
        driver.set("0.process", "4711 1000 30");
        Files.writeString(folder.resolve("cgroup.procs"), "4711\n4712\n");
        var ada = new Tenant("s-1", "ada", "physics", "day", List.of(folder));
        try (var real = driver.nvml(clock)) {
            var sampler = sampler(real, () -> List.of(ada), SamplerConfig.standard(), clock);
            tick(sampler);
            assertThat(card(sampler, 0).uses()).singleElement().satisfies(use -> {
                assertThat(use.tenant()).isEqualTo(ada);
                assertThat(use.bytes()).hasValue(1000);
                assertThat(use.smUtil()).hasValue(30);
            });
        }
    }

    @Test
    void whoIsNotOursIsShownAsSuchAndMayBecomeKnown() throws IOException {
        var driver = FakeDriver.of("fake_nvml.c");
        driver.set("0.process", "4711 1000 30");
        Files.writeString(folder.resolve("cgroup.procs"), "");
        var ada = new Tenant("s-1", "ada", "physics", "day", List.of(folder));
        try (var real = driver.nvml(clock)) {
            var sampler = sampler(real, () -> List.of(ada), SamplerConfig.standard(), clock);
            tick(sampler);
            assertThat(card(sampler, 0).uses())
                    .singleElement()
                    .satisfies(use -> assertThat(use.tenant()).isEqualTo(Tenant.UNMANAGED));
            Files.writeString(folder.resolve("cgroup.procs"), "4711\n");
            clock.pass(Duration.ofSeconds(5));
            tick(sampler);
            assertThat(card(sampler, 0).uses())
                    .singleElement()
                    .satisfies(use -> assertThat(use.tenant()).isEqualTo(ada));
        }
    }

    @Test
    void sessionsAreReadLessOften() throws IOException {
        Files.writeString(folder.resolve("cpu.stat"), "usage_usec 1000000\n");
        var sampler = sampler(() -> List.of(new Tenant("s-1", "", "", "", List.of(folder))));
        tick(sampler);
        assertThat(sampler.latest().sessions())
                .singleElement()
                .satisfies(session -> assertThat(session.usage().cpuSeconds()).hasValue(1.0));
        Files.writeString(folder.resolve("cpu.stat"), "usage_usec 2000000\n");
        tick(sampler);
        assertThat(sampler.latest().sessions().getFirst().usage().cpuSeconds()).hasValue(1.0);
        for (int second = 0; second < 4; second++) tick(sampler);
        assertThat(sampler.latest().sessions().getFirst().usage().cpuSeconds()).hasValue(2.0);
    }

    @Test
    void aDriverThatHangsTakesOnlyTheCardsFigures() throws InterruptedException {
        var driver = FakeDriver.of("fake_nvml.c");
        var quick = new SamplerConfig(
                Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMillis(800));
        var real = driver.nvml(Clock.systemUTC());
        try (var sampler =
                sampler(real, Tenants.NOBODY, quick, Clock.systemUTC()).start()) {
            waitUntil(() -> sampler.latest().cards().isPresent());
            driver.set("hang.nvmlDeviceGetUtilizationRates", 1);
            waitUntil(() -> sampler.latest().cards().isEmpty());
            var before = sampler.latest().host().orElseThrow().at();
            waitUntil(() -> sampler.latest().host().orElseThrow().at().isAfter(before));
            driver.remove("hang.nvmlDeviceGetUtilizationRates");
            waitUntil(() -> sampler.latest().cards().isPresent());
        } finally {
            real.close();
        }
    }

    @Test
    void aSamplerThatNeverStartedCanBeClosed() {
        sampler(Tenants.NOBODY).close();
    }

    @Test
    void nonsenseIsNotConfigured() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SamplerConfig(
                        Duration.ofMillis(1), Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(1)));
    }

    private static void waitUntil(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) Thread.sleep(5);
    }
}

package sluice.metrics.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.metrics.gpu.GpuLink.Nearness;

class NvmlGpusTest extends DriverContract {
    private static final int NOT_SUPPORTED = 3;

    @Override
    Opener opener() {
        return NvmlGpus::open;
    }

    @Override
    String source() {
        return "fake_nvml.c";
    }

    @Override
    String init() {
        return "nvmlInit_v2";
    }

    @Override
    String temperature() {
        return "nvmlDeviceGetTemperature";
    }

    @Override
    int notSupported() {
        return NOT_SUPPORTED;
    }

    @Override
    boolean report(int card, int code) {
        driver.event(card, code);
        return true;
    }

    @Test
    void identityIsTheDrivers() {
        assertThat(world.gpus().cards().get(1)).satisfies(card -> {
            assertThat(card.vendor()).isEqualTo(Vendor.NVIDIA);
            assertThat(card.model()).isEqualTo("NVIDIA H100 80GB HBM3");
            assertThat(card.uuid()).isEqualTo("GPU-00000000-0000-4000-8000-000000000001");
            assertThat(card.pciBusId()).isEqualTo("0000FFFF:3C:00.0");
            assertThat(card.driverVersion()).isEqualTo("580.159.04");
            assertThat(card.deviceFiles()).containsExactly("/dev/nvidia1");
            assertThat(card.device()).isEqualTo("nvidia1");
        });
    }

    @Test
    void cardsKnowTheirWaysToEachOther() {
        assertThat(world.gpus().cards().get(0).links()).containsExactly(new GpuLink(uuid(1), Nearness.NUMA_NODE, 2));
    }

    @Test
    void throughASwitchAllLinksLeadToAll() throws GpusUnavailable {
        driver.set("cards", 3);
        for (int card = 0; card < 3; card++) driver.set(card + ".remote", 2).set(card + ".links", 18);
        var gpus = opener().open(driver.library(), Patience.DEFAULT, clock);
        assertThat(gpus.cards().get(2).links())
                .extracting(GpuLink::peer, GpuLink::nvlinks)
                .containsExactly(tuple(uuid(0), 18), tuple(uuid(1), 18));
    }

    @Test
    void figuresComeInOurUnits() {
        driver.set("0.field82", 47)
                .set("0.field74", 5_000_000_000L)
                .set("0.field4", 3)
                .set("0.field230", 4);
        driver.set("0.field138", 1000).set("0.field139", 234).set("0.pstate", 2).set("0.reasons", 0x24);
        var readings = card(0).readings();
        assertThat(readings.get(Reading.POWER)).hasValue(123.456);
        assertThat(readings.get(Reading.POWER_LIMIT)).hasValue(700);
        assertThat(readings.get(Reading.ENERGY)).hasValue(5_000_000);
        assertThat(readings.get(Reading.SM_CLOCK)).hasValue(1980);
        assertThat(readings.get(Reading.MEMORY_CLOCK)).hasValue(2619);
        assertThat(readings.get(Reading.MEMORY_TEMPERATURE)).hasValue(47);
        assertThat(readings.get(Reading.POWER_VIOLATION)).hasValue(5_000_000_000.0);
        assertThat(readings.get(Reading.ECC_DOUBLE_VOLATILE)).hasValue(3);
        assertThat(readings.get(Reading.RECOVERY_ACTION)).hasValue(4);
        assertThat(readings.get(Reading.NVLINK_TRAFFIC)).hasValue(1234);
        assertThat(readings.get(Reading.PERFORMANCE_STATE)).hasValue(2);
        assertThat(readings.get(Reading.BAR1_USED)).hasValue(4194304);
        assertThat(readings.get(Reading.ENCODER_UTIL)).hasValue(3);
        assertThat(readings.get(Reading.MEMORY_RESERVED)).hasValue(700000000);
        assertThat(ClockReason.in(readings.getOr(Reading.CLOCK_REASONS, 0)))
                .containsExactly(ClockReason.POWER_CAP, ClockReason.THERMAL_SOFTWARE);
    }

    @Test
    void powerOfThisInstantGoesBeforeTheMean() {
        driver.set("0.field186", 200_500);
        assertThat(card(0).readings().get(Reading.POWER)).hasValue(200.5);
    }

    @Test
    void whatTheUnitsDidNeedsTwoLooks() {
        driver.set("0.util", 50);
        assertThat(card(0).readings().has(Reading.SM_ACTIVE)).isFalse();
        var readings = card(0).readings();
        assertThat(readings.get(Reading.SM_ACTIVE)).hasValue(0.5);
        assertThat(readings.get(Reading.TENSOR_ACTIVE)).hasValue(0.5);
        assertThat(readings.get(Reading.PCIE_SENT)).hasValue(50.0 * 1024 * 1024);
        assertThat(card(0).readings().get(Reading.DRAM_ACTIVE)).hasValue(0.5);
    }

    @Test
    void anOlderCardsPcieTrafficIsTakenFromItsCounters() throws GpusUnavailable {
        driver.set("0.gpm", 0).set("0.field197", 1000).set("0.field198", 5000);
        var gpus = opener().open(driver.library(), Patience.DEFAULT, clock);
        gpus.sample();
        clock.pass(Duration.ofSeconds(2));
        driver.set("0.field197", 3000).set("0.field198", 4000); // the second was set back
        var readings = gpus.sample().cards().get(0).readings();
        assertThat(readings.get(Reading.PCIE_SENT).orElseThrow()).isCloseTo(1000, within(0.001));
        assertThat(readings.get(Reading.PCIE_RECEIVED)).isEmpty();
        assertThat(readings.has(Reading.SM_ACTIVE)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "nvmlDeviceGetUtilizationRates, GPU_UTIL",
        "nvmlDeviceGetBAR1MemoryInfo, BAR1_USED",
        "nvmlDeviceGetEncoderUtilization, ENCODER_UTIL",
        "nvmlDeviceGetDecoderUtilization, DECODER_UTIL",
        "nvmlDeviceGetMemoryInfo_v2, MEMORY_USED",
        "nvmlDeviceGetPowerUsage, POWER",
        "nvmlDeviceGetEnforcedPowerLimit, POWER_LIMIT",
        "nvmlDeviceGetTotalEnergyConsumption, ENERGY",
        "nvmlDeviceGetClockInfo, SM_CLOCK",
        "nvmlDeviceGetCurrentClocksEventReasons, CLOCK_REASONS",
        "nvmlDeviceGetPerformanceState, PERFORMANCE_STATE",
        "nvmlDeviceGetFanSpeed_v2, FAN",
        "nvmlDeviceGetPcieReplayCounter, PCIE_REPLAYS",
        "nvmlDeviceGetCurrPcieLinkGeneration, PCIE_GENERATION",
        "nvmlDeviceGetCurrPcieLinkWidth, PCIE_WIDTH",
        "nvmlDeviceGetComputeMode, COMPUTE_MODE",
        "nvmlDeviceGetMigMode, MIG_MODE",
        "nvmlDeviceGetFieldValues, ECC_SINGLE_VOLATILE",
        "nvmlGpmMetricsGet, SM_ACTIVE",
    })
    void everyCallMayBeUnsupportedByItself(String function, Reading reading) {
        sample();
        assertThat(card(0).readings().has(reading)).as("%s before", reading).isTrue();
        driver.set("fail." + function, NOT_SUPPORTED);
        var readings = card(0).readings();
        assertThat(readings.has(reading)).as("%s without %s", reading, function).isFalse();
        assertThat(readings.has(Reading.TEMPERATURE)).isTrue();
    }

    @Test
    void everyFieldMayBeUnsupportedByItself() {
        driver.set("0.field82", -NOT_SUPPORTED).set("0.field145", -NOT_SUPPORTED);
        var readings = card(0).readings();
        assertThat(readings.has(Reading.MEMORY_TEMPERATURE)).isFalse();
        assertThat(readings.has(Reading.REMAP_FAILURE)).isFalse();
        assertThat(readings.get(Reading.REMAP_PENDING)).hasValue(0);
    }

    @Test
    void aDriverWithTheBareNecessitiesServes() throws GpusUnavailable {
        var plain = FakeDriver.of("fake_nvml.c", "-DPLAIN_DRIVER");
        var gpus = opener().open(plain.library(), Patience.DEFAULT, clock);
        var sample = gpus.sample().cards().get(0);
        assertThat(sample.readings().known().keySet())
                .containsExactly(
                        Reading.MEMORY_USED, Reading.MEMORY_FREE, Reading.MEMORY_RESERVED, Reading.MEMORY_TOTAL);
        assertThat(sample.processes()).isPresent();
        assertThat(gpus.cards().get(0).model()).isEqualTo("NVIDIA GPU");
    }

    @Test
    void anOldDriverIsToldFromAnAbsentOne() {
        var old = FakeDriver.of("fake_nvml.c", "-DOLD_DRIVER");
        var why = whyNot(old.library(), Patience.DEFAULT);
        assertThat(why)
                .hasMessageContaining("too old")
                .hasMessageContaining("nvmlDeviceGetMemoryInfo_v2")
                .hasMessageContaining("580");
        assertThat(why.installed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"9, modprobe", "18, reboot", "4, root", "15, reset", "999, nvidia-smi"})
    void aRefusalComesWithAdvice(int status, String advice) {
        driver.set("fail.nvmlInit_v2", status);
        assertThat(whyNot(driver.library())).contains("(" + status + ")").contains(advice);
    }

    @Test
    void aCardOutOfReachIsLeftOutAtTheStart() throws GpusUnavailable {
        driver.set("0.lost", 1);
        var gpus = opener().open(driver.library(), Patience.DEFAULT, clock);
        assertThat(gpus.cards())
                .singleElement()
                .satisfies(card -> assertThat(card.index()).isEqualTo(1));
    }

    @Test
    void errorsAreReportedWithTheirNumber() {
        driver.event(1, 79).event(0, 31);
        assertThat(sample().events())
                .containsExactly(
                        new GpuEvent.Xid(uuid(1), clock.instant(), 79), new GpuEvent.Xid(uuid(0), clock.instant(), 31));
    }

    @Test
    void otherEventsAreReportedInWords() {
        driver.event(0, -0x4000);
        assertThat(sample().events())
                .containsExactly(new GpuEvent.Fault(uuid(0), clock.instant(), "the card became unavailable"));
    }

    @Test
    void processesAreCountedHoweverMany() {
        for (int i = 0; i < 200; i++) driver.add("0.process", (1000 + i) + " 1048576 " + (i % 3));
        var processes = card(0).processes().orElseThrow();
        assertThat(processes)
                .extracting(GpuProcess::pid)
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(i -> 1000L + i).toList());
        assertThat(processes.get(0).smUtil())
                .as("not named by the driver: idle")
                .hasValue(0);
        assertThat(processes.get(2).smUtil()).hasValue(2);
    }

    @Test
    void aProcessWhoseMemoryTheDriverHidesIsSeenWithoutIt() {
        driver.add("0.process", "1000 -1 5");
        assertThat(card(0).processes().orElseThrow())
                .singleElement()
                .satisfies(process -> assertThat(process.bytes()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nvmlDeviceGetComputeRunningProcesses_v3"})
    void unknownProcessesAreNotNone(String function) {
        driver.set("fail." + function, NOT_SUPPORTED);
        assertThat(card(0).processes()).isEmpty();
    }

    @Test
    void aProcessIsSeenThoughItsUseIsUnknown() {
        driver.add("0.process", "1000 5 5").set("fail.nvmlDeviceGetProcessUtilization", NOT_SUPPORTED);
        assertThat(card(0).processes().orElseThrow())
                .containsExactly(new GpuProcess(1000, Optional.empty(), OptionalLong.of(5), OptionalInt.empty()));
    }

    @Test
    void linksAreUpOrDown() {
        driver.set("0.link1", 0);
        assertThat(card(0).nvlinks()).isEqualTo(Map.of(0, true, 1, false));
    }

    @Test
    void instancesAreCounted() {
        driver.set("0.mig", 1).set("0.mig.instances", 3);
        var readings = card(0).readings();
        assertThat(readings.get(Reading.MIG_MODE)).hasValue(1);
        assertThat(readings.get(Reading.MIG_INSTANCES)).hasValue(3);
        assertThat(card(1).readings().get(Reading.MIG_INSTANCES)).hasValue(0);
    }

    @Test
    void aCardThatIsLostInTheMiddleOfASampleIsLost() {
        driver.set("fail.nvmlDeviceGetUtilizationRates", 15);
        assertThat(sample().cards()).extracting(GpuSample::lost).isEqualTo(List.of(true, true));
    }

    @Test
    void aTroubledDriverIsNotALostCard() {
        driver.set("fail.nvmlDeviceGetHandleByUUID", 999);
        assertThat(card(0).lost()).isFalse();
        assertThat(card(0).readings()).isEqualTo(Readings.NONE);
    }
}

package sluice.metrics.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.metrics.TestClock;

/// What every kind of cards keeps, the simulated ones as the real ones.
abstract class GpusContract {
    static final long GIB = 1L << 30;

    final TestClock clock = new TestClock();
    World world;

    /// Two cards of some 80 GiB, on which nothing runs.
    interface World {
        Gpus gpus();

        /// One process on a card, and nothing else.
        void run(int card, long pid, long bytes, int percent);

        void idle(int card);

        void lose(int card);

        void bringBack(int card);

        /// Whether there was a way to make the card report this.
        boolean fail(int card, int code);
    }

    abstract World open() throws GpusUnavailable;

    @BeforeEach
    void openWorld() throws GpusUnavailable {
        world = open();
    }

    @AfterEach
    void closeWorld() {
        if (world != null) world.gpus().close();
    }

    GpusSample sample() {
        clock.pass(Duration.ofSeconds(1));
        return world.gpus().sample();
    }

    GpuSample card(int index) {
        return sample().cards().get(index);
    }

    String uuid(int index) {
        return world.gpus().cards().get(index).uuid();
    }

    @Test
    void everyCardSaysWhatItIs() {
        var cards = world.gpus().cards();
        assertThat(cards).hasSize(2).extracting(Gpu::index).containsExactly(0, 1);
        assertThat(cards).extracting(Gpu::uuid).doesNotHaveDuplicates();
        assertThat(cards).allSatisfy(card -> {
            assertThat(card.model()).isNotBlank();
            assertThat(card.memoryBytes()).isBetween(60 * GIB, 100 * GIB);
            assertThat(card.pciBusId()).matches("[0-9A-F]{8}:[0-9A-F]{2}:[0-9A-F]{2}\\.[0-7]");
            assertThat(card.driverVersion()).isNotBlank();
            assertThat(card.device()).isNotBlank();
            assertThat(card.simulated()).isEqualTo(card.vendor() == Vendor.SIMULATED);
        });
    }

    @Test
    void aSampleHasEveryCardInItsPlace() {
        assertThat(sample().cards())
                .extracting(GpuSample::gpu)
                .isEqualTo(world.gpus().cards());
        assertThat(sample().at()).isEqualTo(clock.instant());
    }

    @Test
    void anIdleCardHasFiguresThatMakeSense() {
        var readings = card(0).readings();
        assertThat(readings.get(Reading.GPU_UTIL)).hasValue(0);
        assertThat(readings.get(Reading.TEMPERATURE).orElseThrow()).isBetween(10.0, 60.0);
        assertThat(readings.get(Reading.POWER).orElseThrow()).isBetween(10.0, 500.0);
        assertThat(readings.get(Reading.SM_CLOCK).orElseThrow()).isBetween(100.0, 4000.0);
        var used = readings.get(Reading.MEMORY_USED).orElseThrow();
        var free = readings.get(Reading.MEMORY_FREE).orElseThrow();
        var total = readings.get(Reading.MEMORY_TOTAL).orElseThrow();
        assertThat(used + free + readings.getOr(Reading.MEMORY_RESERVED, 0)).isEqualTo(total);
        assertThat(total).isEqualTo(world.gpus().cards().get(0).memoryBytes());
    }

    @Test
    void whatRunsOnACardIsSeenThereAndNotOnTheOther() {
        world.run(1, 4711, 20 * GIB, 60);
        var samples = sample().cards();
        assertThat(samples.get(1).readings().get(Reading.GPU_UTIL).orElseThrow())
                .isBetween(55.0, 65.0);
        assertThat(samples.get(1).readings().get(Reading.MEMORY_USED)).hasValue(20.0 * GIB);
        assertThat(samples.get(0).readings().get(Reading.GPU_UTIL)).hasValue(0);
        assertThat(samples.get(1).processes().orElseThrow()).singleElement().satisfies(process -> {
            assertThat(process.pid()).isEqualTo(4711);
            assertThat(process.bytes()).hasValue(20 * GIB);
        });
        assertThat(samples.get(0).processes())
                .hasValueSatisfying(none -> assertThat(none).isEmpty());
    }

    @Test
    void whatHasEndedIsNotSeenAnyMore() {
        world.run(0, 4711, 20 * GIB, 60);
        sample();
        world.idle(0);
        assertThat(card(0).processes().orElseThrow()).isEmpty();
        assertThat(card(0).readings().get(Reading.GPU_UTIL)).hasValue(0);
    }

    @Test
    void memoryIsKnownAtOnceAndFromAnyThread() {
        world.run(0, 4711, 20 * GIB, 60);
        var asked = CompletableFuture.supplyAsync(
                        () -> world.gpus().memory(uuid(0)).orElseThrow())
                .join();
        assertThat(asked.used()).isEqualTo(20 * GIB);
        assertThat(asked.free()).isPositive();
        assertThat(asked.used() + asked.free() + asked.reserved()).isEqualTo(asked.total());
    }

    @Test
    void nothingIsKnownOfACardThatIsNotThere() {
        assertThat(world.gpus().memory("GPU-nobody")).isEmpty();
    }

    @Test
    void aLostCardKeepsItsPlaceAndKnowsNothing() {
        var before = world.gpus().cards();
        world.lose(0);
        var samples = sample().cards();
        assertThat(samples.get(0).lost()).isTrue();
        assertThat(samples.get(0).readings()).isEqualTo(Readings.NONE);
        assertThat(samples.get(0).processes()).isEmpty();
        assertThat(samples.get(1).lost()).isFalse();
        assertThat(samples.get(1).readings().has(Reading.TEMPERATURE)).isTrue();
        assertThat(world.gpus().cards()).isEqualTo(before);
        assertThat(world.gpus().memory(uuid(0))).isEqualTo(Optional.empty());
    }

    @Test
    void aLostCardMayComeBack() {
        world.lose(0);
        sample();
        world.bringBack(0);
        assertThat(card(0).lost()).isFalse();
        assertThat(card(0).readings().has(Reading.TEMPERATURE)).isTrue();
    }

    @Test
    void anErrorIsToldOnce() {
        sample();
        assumeTrue(world.fail(1, 63), "the errors of these cards are not read");
        assertThat(sample().events())
                .singleElement()
                .satisfies(event -> assertThat(event.uuid()).isEqualTo(uuid(1)));
        assertThat(sample().events()).isEmpty();
    }
}

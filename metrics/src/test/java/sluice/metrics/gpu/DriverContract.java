package sluice.metrics.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What every kind of cards keeps that comes through a driver's library.
abstract class DriverContract extends GpusContract {
    /// Its world is empty at the beginning of each test.
    final FakeDriver driver = FakeDriver.of(source());

    /// How this kind is opened.
    interface Opener {
        Gpus open(String library, Duration patience, Clock clock) throws GpusUnavailable;
    }

    abstract Opener opener();

    abstract String source();

    /// The function that wakes the driver.
    abstract String init();

    /// The function behind [Reading#TEMPERATURE].
    abstract String temperature();

    /// How this driver says "not supported".
    abstract int notSupported();

    @Override
    World open() throws GpusUnavailable {
        driver.set("0.memory.used", 0).set("1.memory.used", 0);
        return new DriverWorld(opener().open(driver.library(), Patience.DEFAULT, clock));
    }

    private final class DriverWorld implements World {
        private final Gpus gpus;

        private DriverWorld(Gpus gpus) {
            this.gpus = gpus;
        }

        @Override
        public Gpus gpus() {
            return gpus;
        }

        @Override
        public void run(int card, long pid, long bytes, int percent) {
            driver.set(card + ".memory.used", bytes)
                    .set(card + ".util", percent)
                    .set(card + ".process", pid + " " + bytes + " " + percent);
        }

        @Override
        public void idle(int card) {
            driver.set(card + ".memory.used", 0).remove(card + ".util").remove(card + ".process");
        }

        @Override
        public void lose(int card) {
            driver.set(card + ".lost", 1);
        }

        @Override
        public void bringBack(int card) {
            driver.remove(card + ".lost");
        }

        @Override
        public boolean fail(int card, int code) {
            return report(card, code);
        }
    }

    abstract boolean report(int card, int code);

    String whyNot(String library) {
        return whyNot(library, Patience.DEFAULT).toString();
    }

    GpusUnavailable whyNot(String library, Duration patience) {
        var why = catchThrowableOfType(GpusUnavailable.class, () -> opener().open(library, patience, clock));
        if (why == null) throw new AssertionError(library + " was opened");
        return why;
    }

    @Test
    void whatTheDriverDoesNotKnowIsAbsentAndNotZero() {
        driver.set("fail." + temperature(), notSupported());
        var readings = card(0).readings();
        assertThat(readings.get(Reading.TEMPERATURE)).isEmpty();
        assertThat(readings.known().keySet())
                .doesNotContain(Reading.TEMPERATURE)
                .contains(Reading.GPU_UTIL);
    }

    @Test
    void aMissingLibraryIsNamed() {
        var why = whyNot("/nowhere/libnothing.so.1", Patience.DEFAULT);
        assertThat(why).hasMessageContaining("/nowhere/libnothing.so.1").hasMessageContaining("Install the driver");
        assertThat(why.installed()).isFalse();
    }

    @Test
    void aLibraryThatIsNoneOfTheseIsTooOld() {
        var other = FakeDriver.of(source().equals("fake_dcmi.c") ? "fake_amdsmi.c" : "fake_dcmi.c");
        assertThat(whyNot(other.library())).contains("too old").contains(other.library());
    }

    @Test
    void aDriverThatRefusesToWakeUpSaysWhatToDo() {
        driver.set("fail." + init(), 7);
        var why = whyNot(driver.library(), Patience.DEFAULT);
        assertThat(why).hasMessageContaining("cannot be opened").hasMessageContaining("dmesg");
        assertThat(why.installed()).isTrue();
    }

    @Test
    void aDriverThatHangsDoesNotHangUs() {
        driver.set("hang." + init(), 1);
        assertThat(whyNot(driver.library(), Duration.ofMillis(300)))
                .hasMessageContaining("did not answer")
                .hasMessageContaining("dmesg");
        driver.remove("hang." + init());
    }
}

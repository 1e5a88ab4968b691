package sluice.metrics.gpu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// A driver's library without a driver, built from `src/test/native`. Its world is a file this writes, see
/// `fake_driver.h`.
public final class FakeDriver {
    private static final Map<String, FakeDriver> BUILT = new HashMap<>();
    /// The libraries stay loaded over all tests, and give out each number once.
    private static final AtomicInteger EVENTS = new AtomicInteger();

    private final Path library;
    private final Path control;
    private final List<String> lines = new ArrayList<>();

    private FakeDriver(Path library, Path control) {
        this.library = library;
        this.control = control;
    }

    /// An empty world in a library that is built once. Aborts the test where there is no gcc.
    ///
    /// @param source `fake_nvml.c`
    public static synchronized FakeDriver of(String source, String... flags) {
        var driver = BUILT.computeIfAbsent(source + Arrays.toString(flags), _ -> build(source, flags));
        driver.lines.clear();
        driver.write();
        return driver;
    }

    private static FakeDriver build(String source, String... flags) {
        try {
            var folder = Files.createTempDirectory("sluice-fake");
            folder.toFile().deleteOnExit();
            var driver = new FakeDriver(folder.resolve("libfake.so"), folder.resolve("control"));
            driver.library.toFile().deleteOnExit();
            driver.control.toFile().deleteOnExit();
            var command = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra"));
            command.add("-Wno-unused-function");
            command.add("-DCONTROL=\"" + driver.control + "\"");
            command.addAll(List.of(flags));
            command.addAll(List.of("-o", driver.library.toString(), "src/test/native/" + source));
            var gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
            var said = new String(gcc.getInputStream().readAllBytes(), UTF_8);
            if (gcc.waitFor() != 0 || !said.isBlank()) throw new AssertionError(source + " does not compile:\n" + said);
            return driver;
        } catch (IOException e) {
            return abort("gcc is missing (apt install gcc): the fake drivers cannot be built. " + e.getMessage());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    String library() {
        return library.toString();
    }

    /// A line of the world; the last one with that key stands.
    public FakeDriver set(String key, Object value) {
        lines.removeIf(line -> line.startsWith(key + " "));
        lines.add(key + " " + value);
        write();
        return this;
    }

    /// One more line with that key.
    FakeDriver add(String key, Object value) {
        lines.add(key + " " + value);
        write();
        return this;
    }

    public FakeDriver remove(String key) {
        lines.removeIf(line -> line.startsWith(key + " "));
        write();
        return this;
    }

    /// The card reports this error at the next chance.
    FakeDriver event(int card, int code) {
        return add("event", "%d %d %d".formatted(EVENTS.incrementAndGet(), card, code));
    }

    /// In one step: the library reads at any moment.
    private void write() {
        try {
            var next = control.resolveSibling("control.next");
            Files.write(next, lines);
            Files.move(next, control, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// DCMI on this library.
    public Gpus ascend(Clock clock) {
        try {
            return AscendGpus.open(library(), Patience.DEFAULT, clock);
        } catch (GpusUnavailable e) {
            throw new AssertionError(e);
        }
    }

    /// NVML on this library.
    public Gpus nvml(Clock clock) {
        try {
            return NvmlGpus.open(library(), Patience.DEFAULT, clock);
        } catch (GpusUnavailable e) {
            throw new AssertionError(e);
        }
    }
}

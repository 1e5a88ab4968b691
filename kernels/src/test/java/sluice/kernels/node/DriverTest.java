package sluice.kernels.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A driver's library that crashes when it is opened, in a program of its own.
class DriverTest {
    @TempDir
    Path folder;

    /// Opens the cards in another Java, where the dynamic linker finds our library as NVIDIA's.
    private Process open(String spec) throws IOException {
        var java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:ErrorFile=" + folder.resolve("crash.log"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Opens.class.getName(),
                        folder.toString(),
                        spec)
                .redirectErrorStream(true);
        java.environment().put("LD_LIBRARY_PATH", folder.toString());
        return java.start();
    }

    private String said(Process process) throws IOException, InterruptedException {
        var said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said;
    }

    private void compile(String code) throws IOException, InterruptedException {
        var others = List.of(
                        "Shutdown",
                        "DeviceGetCount_v2",
                        "DeviceGetHandleByIndex_v2",
                        "DeviceGetHandleByUUID",
                        "DeviceGetUUID",
                        "DeviceGetMemoryInfo_v2",
                        "DeviceGetComputeRunningProcesses_v3")
                .stream()
                .map(name -> "int nvml%s(void) { return 9; }\n".formatted(name))
                .collect(Collectors.joining());
        var source = Files.writeString(folder.resolve("nvml.c"), code + "\n" + others);
        var library = folder.resolve("libnvidia-ml.so.1").toString();
        var gcc = new ProcessBuilder("gcc", "-shared", "-fPIC", "-o", library, source.toString()).inheritIO();
        try {
            assertThat(gcc.start().waitFor()).isZero();
        } catch (IOException e) {
            assumeTrue(false, "no gcc on this machine");
        }
    }

    @Test
    void aDriverThatCrashesTwiceIsLeftAloneUntilSomebodyAsksForAnotherTry() throws Exception {
        compile("int nvmlInit_v2(void) { return *(volatile int *) 8; }");
        for (int crash = 0; crash < 2; crash++) {
            var crashes = open("auto");
            said(crashes);
            assertThat(crashes.exitValue()).isNotZero();
        }
        var mark = folder.resolve("driver.opening");
        assertThat(said(open("auto"))).contains("no cards: The GPU driver's library ended this program 2 times");
        assertThat(said(open("nvidia")))
                .contains("refused: gpus: nvidia: The GPU driver's library ended this program 2 times")
                .contains("remove " + mark);

        compile("int nvmlInit_v2(void) { return 9; }"); // mended: it says that no driver is loaded
        Files.delete(mark);
        assertThat(said(open("auto"))).contains("no cards: ").doesNotContain("ended this program");
        assertThat(mark).doesNotExist();
    }

    @Test
    void whoIsToldToEndHasNotCrashed() throws Exception {
        compile("#include <unistd.h>\nint nvmlInit_v2(void) { sleep(60); return 9; }");
        var mark = folder.resolve("driver.opening");
        var opening = open("auto");
        while (!Files.exists(mark) && opening.isAlive()) Thread.sleep(5);
        assertThat(mark).exists();
        opening.destroy();
        assertThat(opening.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(mark).doesNotExist();
    }

    @Test
    void simulatedCardsAndNoneNeedNoTry() throws Exception {
        try (var gpus = new Driver(folder).open("simulated:1x8GiB")) {
            assertThat(gpus.cards()).hasSize(1);
        }
        assertThat(new Driver(folder).open("none").whyNone()).contains("none are configured");
        assertThatThrownBy(() -> new Driver(folder).open("toaster")).hasMessageContaining("Unknown GPUs \"toaster\"");
        assertThat(Files.list(folder).toList()).isEmpty();
    }

    /// What the other Java runs.
    static final class Opens {
        public static void main(String[] args) {
            try (var gpus = new Driver(Path.of(args[0])).open(args[1])) {
                System.out.println(gpus.whyNone().map(why -> "no cards: " + why).orElse(List.of(gpus.cards()) + ""));
            } catch (IOException e) {
                System.out.println("refused: " + e.getMessage());
            }
        }
    }
}

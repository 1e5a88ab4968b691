package sluice.kernels.line;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import sluice.kernels.wire.ConnectionInfo;
import sluice.kernels.wire.Signer;

/// A real kernel process over unix sockets in a folder of its own.
final class TestKernel implements AutoCloseable {
    private static final String PYTHON = System.getProperty("sluice.python", "python3");

    final ConnectionInfo info;
    private final Path folder;
    private final List<String> command;
    private Process process;

    private TestKernel(List<String> command) throws IOException {
        this.folder = Files.createTempDirectory("line");
        this.info = ConnectionInfo.ipc(folder.resolve("k").toString(), Signer.freshKey(new Random()), "test");
        var file = folder.resolve("connection.json");
        Files.writeString(file, info.json());
        this.command = command.stream()
                .map(word -> word.equals("{connection_file}") ? file.toString() : word)
                .toList();
        this.process = start();
    }

    static TestKernel noop() throws IOException {
        needs("zmq");
        return new TestKernel(List.of(PYTHON, "src/test/resources/noop_kernel.py", "{connection_file}"));
    }

    static TestKernel ipykernel() throws IOException {
        needs("ipykernel");
        return new TestKernel(List.of(PYTHON, "-m", "ipykernel_launcher", "-f", "{connection_file}"));
    }

    private static void needs(String module) throws IOException {
        var look = new ProcessBuilder(PYTHON, "-c", "import " + module)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Assumptions.assumeTrue(
                    look.waitFor() == 0, PYTHON + " has no " + module + " (set -Dsluice.python to one that has)");
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private Process start() throws IOException {
        return new ProcessBuilder(command)
                .redirectOutput(folder.resolve("output").toFile())
                .redirectErrorStream(true)
                .start();
    }

    void again() throws IOException {
        process = start();
    }

    /// kill -9
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    long pid() {
        return process.pid();
    }

    boolean exited(Duration within) throws InterruptedException {
        return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}

package sluice.bench.link;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// The node's program as the gateway's sees it.
record NodeProcess(Process process, BufferedReader out, Writer in) implements AutoCloseable {
    static NodeProcess start(String carrier, Path folder) throws IOException {
        var process = Jvm.of(NodeSide.class, carrier, folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new NodeProcess(
                process, process.inputReader(StandardCharsets.UTF_8), process.outputWriter(StandardCharsets.UTF_8));
    }

    long processorTime() throws IOException {
        in.write("cpu\n");
        in.flush();
        return Long.parseLong(String.valueOf(out.readLine()));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        in.close();
        if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroyForcibly();
    }
}

package sluice.gateway.up;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One of our own programs in a Java of its own. It hears `stop` on its standard input; the end of that input tells it
/// that the supervisor is gone.
/// @param command the whole command line, asked for at each start
/// @param environment added to the supervisor's own
/// @param log what it says is appended there
/// @param patience how long it may take to stop when told
record JavaProgram(
        String name, Supplier<List<String>> command, Map<String, String> environment, Path log, Duration patience)
        implements Program {
    private static final long LARGEST_LOG = 16 << 20;
    private static final String FATAL = "sluice: ";

    @Override
    public Running start() {
        try {
            turnOver();
            var from = Files.exists(log) ? Files.size(log) : 0;
            // A session of its own, so that Ctrl-C in the terminal reaches the supervisor alone.
            var full = new ArrayList<>(List.of("setsid"));
            full.addAll(command.get());
            var builder = new ProcessBuilder(full)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putAll(environment);
            return new Life(builder.start(), from);
        } catch (IOException e) {
            throw new StartFailed(String.valueOf(e.getMessage()), e);
        }
    }

    private void turnOver() throws IOException {
        if (!Files.exists(log) || Files.size(log) < LARGEST_LOG) return;
        Files.move(log, log.resolveSibling(log.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
    }

    private final class Life implements Running {
        private final Process process;
        private final long logFrom;

        Life(Process process, long logFrom) {
            this.process = process;
            this.logFrom = logFrom;
        }

        @Override
        public long pid() {
            return process.pid();
        }

        @Override
        public CompletableFuture<Integer> gone() {
            return process.onExit().thenApply(Process::exitValue);
        }

        // What a program of ours says when it gives up begins with its name; without that, the end of its log.
        @Override
        public @Nullable String lastWords() {
            try (var file = Files.newByteChannel(log)) {
                file.position(Math.max(logFrom, file.size() - (64 << 10)));
                var said = new String(
                                java.nio.channels.Channels.newInputStream(file).readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .toList();
                var fatal = said.stream().filter(line -> line.startsWith(FATAL)).toList();
                if (!fatal.isEmpty()) return fatal.getLast().substring(FATAL.length());
                if (said.isEmpty()) return null;
                return "the end of %s:\n%s"
                        .formatted(log, String.join("\n", said.subList(Math.max(0, said.size() - 12), said.size())));
            } catch (IOException e) {
                return null;
            }
        }

        @Override
        public void stop() throws InterruptedException {
            try (var input = process.getOutputStream()) {
                input.write("stop\n".getBytes(StandardCharsets.UTF_8));
            } catch (IOException alreadyGone) {
                // Then it is, or is about to be.
            }
            if (process.waitFor(patience)) return;
            process.destroy();
            if (!process.waitFor(2, TimeUnit.SECONDS)) kill();
        }

        @Override
        public void kill() {
            process.destroyForcibly();
        }
    }
}

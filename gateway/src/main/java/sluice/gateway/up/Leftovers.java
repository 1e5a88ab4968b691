package sluice.gateway.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import sluice.gateway.config.Places;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The gateway and the node that a killed supervisor left running. They end by themselves soon after it; what hangs is
/// ended here, before new ones start. Kernels are left alone: the next node adopts them.
final class Leftovers {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int OWN_SECONDS = 3;
    private static final int TERM_SECONDS = 5;

    private final Path file;

    Leftovers(Places places) {
        file = places.data().resolve("programs.json");
    }

    /// Writes down what runs now. A process id alone may belong to another process by the time it is read, so the
    /// moment of its start stands beside it.
    void remember(Map<String, Long> pids) {
        var marks = new TreeMap<String, String>();
        pids.forEach((name, pid) -> marks.put(name, pid + " " + startOf(pid)));
        ReadyFile.writePrivately(file, JSON.writeValueAsBytes(marks));
    }

    void forget() throws IOException {
        Files.deleteIfExists(file);
    }

    void end(Voice voice) throws InterruptedException {
        for (var left : read().entrySet()) {
            var mark = left.getValue().split(" ");
            var pid = Long.parseLong(mark[0]);
            if (mark.length < 2 || !startOf(pid).equals(mark[1])) continue;
            var process = ProcessHandle.of(pid).orElse(null);
            if (process == null || endsWithin(process, OWN_SECONDS)) continue;
            voice.say("ending the %s that an earlier run left (process %d)".formatted(left.getKey(), pid));
            process.destroy();
            if (endsWithin(process, TERM_SECONDS)) continue;
            process.destroyForcibly();
            if (!endsWithin(process, TERM_SECONDS)) {
                throw new StartFailed(
                        "the %s of an earlier run (process %d) cannot be ended".formatted(left.getKey(), pid));
            }
        }
    }

    private Map<String, String> read() {
        try {
            return JSON.readValue(Files.readAllBytes(file), new TypeReference<>() {});
        } catch (IOException | JacksonException nothingLeft) {
            return Map.of();
        }
    }

    private static boolean endsWithin(ProcessHandle process, int seconds) throws InterruptedException {
        try {
            process.onExit().get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException still) {
            return false;
        } catch (ExecutionException e) {
            return !process.isAlive();
        }
    }

    /// Clock ticks since boot, the 22nd field, counted after the name in brackets, which may hold anything.
    private static String startOf(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
        } catch (IOException gone) {
            return "gone";
        }
    }
}

package sluice.gateway.up;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Small programs in the shape of ours, for tests.
final class Shell {
    /// Runs until it is told to stop.
    static final String OBEDIENT = "echo up; while read -r word; do [ \"$word\" = stop ] && exit 0; done";

    private Shell() {}

    static JavaProgram program(String name, String script, Path folder) {
        return new JavaProgram(
                name,
                () -> List.of("sh", "-c", script),
                Map.of(),
                folder.resolve(name + ".log"),
                Duration.ofSeconds(5));
    }
}

package sluice.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What a gateway tells its supervisor once it listens.
/// @param host as configured
/// @param port the one it was given where any would do
/// @param basePath what every path begins with, or empty
public record Listening(String host, int port, String basePath, long pid) {
    private static final JsonMapper JSON = JsonMapper.shared();

    public static Optional<Listening> read(Path file) {
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), Listening.class));
        } catch (IOException | JacksonException notYet) {
            return Optional.empty();
        }
    }

    byte[] json() {
        return JSON.writeValueAsBytes(this);
    }

    /// Where to reach it from this machine.
    public String url() {
        var reachable = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
        return "http://%s:%d%s".formatted(reachable.contains(":") ? "[" + reachable + "]" : reachable, port, basePath);
    }
}

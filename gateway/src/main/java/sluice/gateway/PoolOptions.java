package sluice.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import sluice.gateway.config.Config;
import sluice.gateway.config.Places;

/// Which pool a command is about.
public final class PoolOptions {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where the pool keeps everything (default: ~/.sluice, or SLUICE_DATA).")
    @Nullable
    Path data;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Settings (default: DATA/config.yaml, if there is one). sluice.example.yaml explains them all.")
    @Nullable
    Path config;

    /// The data folder's name, there or not.
    public Path data() {
        if (data != null) return data;
        var given = System.getenv().getOrDefault("SLUICE_DATA", "");
        return given.isEmpty() ? Path.of(System.getProperty("user.home"), ".sluice") : Path.of(given);
    }

    /// The settings' file, or null where the defaults hold.
    public @Nullable Path configFile() {
        if (config != null) return config.toAbsolutePath();
        var usual = data().resolve("config.yaml");
        return Files.exists(usual) ? usual.toAbsolutePath() : null;
    }

    public Config config() {
        var file = configFile();
        return file == null ? Config.DEFAULT : Config.read(file);
    }

    public Places open() throws IOException {
        return Places.open(data());
    }
}

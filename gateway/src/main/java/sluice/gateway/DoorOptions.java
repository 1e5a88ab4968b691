package sluice.gateway;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import sluice.gateway.config.BadValue;
import sluice.gateway.config.Config;

/// Settings that the command line may change.
public final class DoorOptions {
    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to listen on (default: 127.0.0.1, this machine only).")
    @Nullable
    String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to listen on; 0 takes any free one (default: 8899).")
    @Nullable
    Integer port;

    @Option(
            names = "--database",
            paramLabel = "URL",
            description =
                    "A MariaDB of your own, jdbc:mariadb://host:3306/schema?user=…&password=… (default: an embedded one).")
    @Nullable
    String database;

    @Option(
            names = "--gpus",
            paramLabel = "WHICH",
            description =
                    "Cards of this machine: auto, none, nvidia, amd, ascend, or simulated:4x80GiB (default: auto).")
    @Nullable
    String gpus;

    @Option(names = "--no-lab", description = "Do not serve JupyterLab; people use their own.")
    boolean noLab;

    /// The settings with what the command line says over them.
    public Config over(Config config) {
        return over(config, database);
    }

    /// The same with a database named elsewhere; null or empty for the settings' own.
    Config over(Config config, @Nullable String url) {
        var gateway = config.gateway();
        var changed = config;
        if (host != null) {
            var wanted = host;
            changed = changed.withGateway(checked("--host", () -> gateway.at(wanted, gateway.port())));
        }
        if (port != null) {
            int wanted = port;
            var sofar = changed.gateway();
            changed = changed.withGateway(checked("--port", () -> sofar.at(sofar.host(), wanted)));
        }
        if (url != null && !url.isEmpty()) {
            changed = changed.withDatabase(
                    checked("--database", () -> config.database().at(url)));
        }
        if (gpus != null) {
            var wanted = gpus;
            changed = changed.withNode(checked("--gpus", () -> config.node().withGpus(wanted)));
        }
        return noLab ? changed.withLab(config.lab().notServed()) : changed;
    }

    private static <T> T checked(String option, Supplier<T> make) {
        try {
            return make.get();
        } catch (BadValue bad) {
            throw new BadOption(option, String.valueOf(bad.getMessage()));
        }
    }
}

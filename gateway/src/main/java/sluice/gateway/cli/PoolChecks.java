package sluice.gateway.cli;

import static sluice.gateway.cli.Finding.bad;
import static sluice.gateway.cli.Finding.good;
import static sluice.gateway.cli.Finding.less;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import sluice.gateway.config.DatabaseSettings;
import sluice.gateway.config.GatewaySettings;
import sluice.gateway.config.Places;
import sluice.gateway.up.ReadyFile;
import sluice.migrations.Database;
import sluice.migrations.DatabaseAway;
import sluice.migrations.DatabaseConfig;
import sluice.migrations.MigrationFailed;
import sluice.migrations.embedded.DatabaseFailed;
import sluice.migrations.embedded.MariaDbProgram;

/// What a pool on that data folder would find, or finds.
final class PoolChecks {
    private static final long DISK_WANTED_MIB = 3000;
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Path data;
    private final Optional<ReadyFile> running;

    PoolChecks(Path data) {
        this.data = data;
        running = ReadyFile.read(data.resolve("ready.json")).filter(PoolChecks::isAlive);
    }

    Finding folder() {
        try {
            var there = data.toAbsolutePath();
            while (there != null && !Files.exists(there)) there = there.getParent();
            if (there == null || !Files.isWritable(there)) {
                return bad("data folder", data + " cannot be written", "choose another with --data");
            }
            if (Files.exists(data)) Places.open(data);
            var free = Files.getFileStore(there).getUsableSpace() >> 20;
            return free >= DISK_WANTED_MIB
                    ? good("data folder", "%s, %d MiB free".formatted(data, free))
                    : less(
                            "data folder",
                            "%s, only %d MiB free".formatted(data, free),
                            "the database and the Python environment take some 900 MiB");
        } catch (IOException e) {
            return bad("data folder", String.valueOf(e.getMessage()), "choose another with --data");
        }
    }

    Finding environment() {
        var link = data.resolve("env");
        if (Files.isExecutable(link.resolve("bin/jupyter-lab"))) return good("environment", link + " is made");
        return good("environment", "not made yet; the first `sluice up` does (a minute, some 120 MB to fetch)");
    }

    Finding database(DatabaseSettings settings) throws InterruptedException {
        if (!settings.embedded()) {
            var config = new DatabaseConfig(settings.url(), settings.user(), settings.password(), 1, PATIENCE);
            try (var database = Database.open(config)) {
                return good("database", config.place() + (database.answers() ? " answers" : " does not answer"));
            } catch (DatabaseAway away) {
                return bad("database", away.reason(), "start it, or correct database.url");
            } catch (MigrationFailed failed) {
                return bad("database", failed.reason(), "the user needs all rights on that schema");
            }
        }
        try {
            return good("database", "embedded, " + MariaDbProgram.find().server());
        } catch (DatabaseFailed none) {
            return bad("database", "no MariaDB server", none.reason());
        }
    }

    Finding port(GatewaySettings settings) {
        if (running.isPresent()) return good("pool", "runs at " + running.get().url());
        if (settings.port() == 0) return good("port", "any free one");
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(settings.host(), settings.port()));
            return good("port", "%s:%d is free".formatted(settings.host(), settings.port()));
        } catch (IOException e) {
            return bad(
                    "port",
                    "%s:%d: %s".formatted(settings.host(), settings.port(), e.getMessage()),
                    "choose another with --port, or 0 for any free one");
        }
    }

    private static boolean isAlive(ReadyFile ready) {
        return ready.pids().containsKey("up")
                && ProcessHandle.of(ready.pids().get("up")).isPresent();
    }
}

package sluice.gateway.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import sluice.gateway.Listening;
import sluice.gateway.config.Config;
import sluice.gateway.config.Places;
import sluice.migrations.embedded.DatabaseFailed;
import sluice.migrations.embedded.EmbeddedMariaDb;

/// The pool on this machine: the embedded database where no other was named, the gateway, the node.
class LocalPool implements Supervisor.Pool {
    private static final String NODE_MAIN = "sluice.kernels.node.NodeMain";
    private static final String GATEWAY_MAIN = "sluice.gateway.Main";

    /// Messages pass the node's heap, and some have ten megabytes. Where those do not fit among the young they count as
    /// old at once, and all of the heap is collected for every few of them.
    private static final int NODE_YOUNG = 128;

    private final Config config;
    private final @Nullable Path configFile;
    private final Places places;
    private final Voice voice;
    private final Leftovers leftovers;
    private final Probe probe = new Probe();
    private @Nullable Listening listening;

    /// @param configFile what `config` was read from, for the gateway to read too
    LocalPool(Config config, @Nullable Path configFile, Places places, Voice voice) {
        this.config = config;
        this.configFile = configFile;
        this.places = places;
        this.voice = voice;
        leftovers = new Leftovers(places);
    }

    @Override
    public void prepare() throws InterruptedException {
        try {
            Files.deleteIfExists(places.ready());
            leftovers.end(voice);
            Files.deleteIfExists(places.gatewayListens());
            if (config.database().embedded()) EmbeddedMariaDb.prepare(places.database());
        } catch (IOException e) {
            throw new StartFailed("cannot prepare %s: %s".formatted(places.data(), e.getMessage()), e);
        } catch (DatabaseFailed e) {
            throw new StartFailed(e.reason(), e);
        }
    }

    @Override
    public List<Program> first() {
        var first = new ArrayList<Program>();
        if (config.database().embedded()) first.add(new DatabaseProgram(places));
        first.add(new JavaProgram(
                "gateway",
                this::gatewayCommand,
                gatewayEnvironment(),
                places.log("gateway"),
                JavaCommand.patience(Duration.ofSeconds(10))));
        return first;
    }

    @Override
    public List<Program> second() throws InterruptedException {
        var prefix = JavaCommand.rehearsing()
                ? Path.of("/usr")
                : PythonEnvironment.ofPool(places, voice).prepare(config.lab());
        ReadyFile.writePrivately(places.nodeSettings(), NodeFile.of(config, places, prefix));
        return List.of(new JavaProgram(
                "node",
                () -> JavaCommand.of(
                        "node",
                        config.node().heap(),
                        NODE_YOUNG,
                        NODE_MAIN,
                        places.nodeSettings().toString()),
                Map.of(),
                places.log("node"),
                JavaCommand.patience(config.node().stopWithin().plusSeconds(20))));
    }

    @Override
    public @Nullable String missing() throws InterruptedException {
        if (listening == null)
            listening = Listening.read(places.gatewayListens()).orElse(null);
        return listening == null ? "the gateway" : probe.missingAt(listening);
    }

    @Override
    public void started(Map<String, Long> pids) {
        leftovers.remember(pids);
    }

    @Override
    public void serving(Map<String, Long> pids) {
        leftovers.remember(pids);
        var all = new LinkedHashMap<>(Map.of("up", ProcessHandle.current().pid()));
        all.putAll(pids);
        new ReadyFile(url(), token(), all, Map.of("http", port())).write(places);
    }

    @Override
    public void welcome() {
        var token = token();
        if (!config.gateway().host().startsWith("127.")
                && !config.gateway().host().equals("localhost")) {
            voice.plainly(
                    "It listens on %s without TLS: whoever can listen in on that network can read tokens. Put a proxy with TLS in front (docs/how-to)."
                            .formatted(config.gateway().host()));
        }
        voice.plainly("Sluice is ready: " + url() + "/" + (token == null ? "" : "?token=" + token));
    }

    @Override
    public List<String> stopOrder() {
        return List.of("gateway", "node", "database");
    }

    @Override
    public void closed() {
        try {
            Files.deleteIfExists(places.ready());
        } catch (IOException e) {
            voice.say("cannot remove %s: %s".formatted(places.ready(), e.getMessage()));
        }
    }

    @Override
    public void ended() {
        try {
            places.vacate();
        } catch (IOException e) {
            voice.say("cannot remove %s: %s".formatted(places.run(), e.getMessage()));
        }
    }

    // A gateway that is started again takes the port that its first life was given.
    private List<String> gatewayCommand() {
        var arguments = new ArrayList<>(
                List.of("gateway", "--supervised", "--data", places.data().toString()));
        if (configFile != null) arguments.addAll(List.of("--config", configFile.toString()));
        arguments.addAll(List.of("--host", config.gateway().host(), "--port", String.valueOf(port())));
        if (!config.lab().serve()) arguments.add("--no-lab");
        return JavaCommand.of("gateway", config.gateway().heap(), 0, GATEWAY_MAIN, arguments.toArray(String[]::new));
    }

    // Not on the command line: the URL may carry a password, and command lines are public.
    private Map<String, String> gatewayEnvironment() {
        var environment = new HashMap<String, String>();
        if (!config.database().embedded())
            environment.put("SLUICE_DATABASE", config.database().url());
        return environment;
    }

    private int port() {
        return listening == null ? config.gateway().port() : listening.port();
    }

    private String url() {
        return Objects.requireNonNull(listening).url();
    }

    private @Nullable String token() {
        try {
            return Files.readString(places.adminToken()).strip();
        } catch (IOException disabled) {
            return null;
        }
    }
}

package sluice.gateway.up;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import sluice.gateway.config.Config;
import sluice.gateway.config.Places;

/// `sluice rehearse`, of use to the build only: runs a whole pool on a scratch folder once, asks it the usual things
/// and stops it, so that Java can write down what a start takes.
@Command(
        name = "rehearse",
        hidden = true,
        description = "Run a pool once to prepare quick starts (the build does this).")
public final class RehearseCommand implements Callable<Integer> {
    private static final List<String> USUAL = List.of(
            "/",
            "/login",
            "/api",
            "/api/status",
            "/api/me",
            "/api/kernelspecs",
            "/api/kernels",
            "/api/sessions",
            "/api/v1/gpus",
            "/metrics",
            "/nowhere");

    @Parameters(paramLabel = "DIR")
    Path scratch = Path.of("");

    @Override
    public Integer call() throws IOException, InterruptedException {
        var voice = new Voice(System.out);
        var config = Config.DEFAULT.withGateway(Config.DEFAULT.gateway().at("127.0.0.1", 0));
        var places = Places.open(scratch);
        var pool = new LocalPool(config, null, places, voice) {
            @Override
            public void welcome() {
                ReadyFile.read(places).ifPresent(RehearseCommand::ask);
            }
        };
        try (var lock = PoolLock.take(places)) {
            var supervisor = new Supervisor(pool, voice);
            supervisor.stopOnceServing();
            supervisor.run();
        }
        return 0;
    }

    private static void ask(ReadyFile ready) {
        for (int round = 0; round < 3; round++) {
            for (var path : USUAL) {
                try {
                    var connection = (HttpURLConnection)
                            URI.create(ready.url() + path).toURL().openConnection();
                    connection.setRequestProperty("Authorization", "token " + ready.token());
                    connection.setConnectTimeout(2000);
                    connection.setReadTimeout(10_000);
                    connection.getResponseCode();
                    connection.disconnect();
                } catch (IOException e) {
                    // The answer does not matter, only that it was given.
                }
            }
        }
    }
}

package sluice.gateway.up;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import sluice.gateway.config.Config;
import sluice.gateway.config.Places;

/// `sluice environment`, of use to tests: makes the Python environment in a data folder, where it is not there yet, and
/// prints its prefix as the last line.
@Command(name = "environment", hidden = true, description = "Make the Python environment and print where it is.")
public final class EnvironmentCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR")
    Path data = Path.of("");

    @Override
    public Integer call() throws IOException, InterruptedException {
        var voice = new Voice(System.out);
        var places = Places.open(data);
        try (var lock = PoolLock.take(places)) {
            voice.plainly(PythonEnvironment.ofPool(places, voice)
                    .prepare(Config.DEFAULT.lab())
                    .toString());
        }
        return 0;
    }
}

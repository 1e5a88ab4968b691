package sluice.gateway.up;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sluice.gateway.PoolOptions;
import sluice.gateway.config.Config;
import sun.misc.Signal;

/// `sluice up`.
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Start the pool here and keep it running until Ctrl-C.",
        footer = {
            "",
            "Starts the database, the gateway, the node and JupyterLab, prints one address to open, and writes it to",
            "DATA/ready.json. Ctrl-C (or SIGTERM) stops everything in order; a second one stops it at once.",
            "Kernels outlive a killed pool: the next `up` on the same data finds them again."
        })
public final class UpCommand implements Callable<Integer> {
    private static final int KILLED = 130;

    @Mixin
    PoolOptions options = new PoolOptions();

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

    @Option(names = "--no-lab", description = "Do not serve JupyterLab; people use their own.")
    boolean noLab;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var voice = new Voice(System.out);
        var config = overridden(options.config());
        var places = options.open();
        try (var lock = PoolLock.take(places)) {
            var supervisor = new Supervisor(new LocalPool(config, options.configFile(), places, voice), voice);
            stopOnSignals(supervisor, voice);
            supervisor.run();
            voice.say("stopped");
            return 0;
        } catch (Supervisor.Stopped early) {
            voice.say("stopped before it served");
            return 0;
        }
    }

    private Config overridden(Config config) {
        var gateway = config.gateway();
        var changed = config.withGateway(
                gateway.at(host == null ? gateway.host() : host, port == null ? gateway.port() : port));
        if (database != null) changed = changed.withDatabase(config.database().at(database));
        return noLab ? changed.withLab(config.lab().notServed()) : changed;
    }

    // Java's own handling of signals gives no chance to do something else the second time.
    private static void stopOnSignals(Supervisor supervisor, Voice voice) {
        var times = new AtomicInteger();
        for (var name : new String[] {"INT", "TERM", "HUP"}) {
            Signal.handle(new Signal(name), signal -> {
                if (times.incrementAndGet() == 1) {
                    supervisor.stop("SIG" + signal.getName());
                    return;
                }
                voice.say("stopping at once");
                supervisor.kill();
                Runtime.getRuntime().halt(KILLED);
            });
        }
    }
}

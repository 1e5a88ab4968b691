package sluice.gateway.up;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import sluice.gateway.DoorOptions;
import sluice.gateway.PoolOptions;
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

    @Mixin
    DoorOptions doors = new DoorOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var voice = new Voice(System.out);
        var config = doors.over(options.config());
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

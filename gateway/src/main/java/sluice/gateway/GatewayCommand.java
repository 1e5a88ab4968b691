package sluice.gateway;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sluice.gateway.up.ReadyFile;
import sluice.kernels.program.HeapReturn;
import sluice.kernels.program.SupervisorWord;

/// `sluice gateway`: the gateway alone. `sluice up` starts it so; by hand it serves a node that runs elsewhere.
@Command(
        name = "gateway",
        mixinStandardHelpOptions = true,
        description = "Run the gateway alone, without the node and the database that `up` starts with it.")
final class GatewayCommand implements Callable<Integer> {
    @Mixin
    PoolOptions options = new PoolOptions();

    @Mixin
    DoorOptions doors = new DoorOptions();

    @Option(
            names = "--supervised",
            hidden = true,
            description = "Stop at the line \"stop\" or the end of standard input.")
    boolean supervised;

    @Override
    public Integer call() throws Exception {
        var config = doors.over(options.config(), System.getenv("SLUICE_DATABASE"));
        var places = options.open();
        HeapReturn.start();
        var over = new CountDownLatch(1);
        var gateway = Gateway.open(config, places);
        // SIGTERM ends Java by itself; this closes the doors on the way.
        Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "gateway-close"));
        ReadyFile.writePrivately(
                places.gatewayListens(),
                new Listening(
                                config.gateway().host(),
                                gateway.port(),
                                config.gateway().basePath(),
                                ProcessHandle.current().pid())
                        .json());
        if (supervised) Thread.ofPlatform().daemon().name("supervisor-words").start(() -> heedSupervisor(over));
        over.await();
        return 0;
    }

    // Whatever it says, or its silence for good, means the end.
    private static void heedSupervisor(CountDownLatch over) {
        SupervisorWord.toldToStop(System.in);
        over.countDown();
    }
}

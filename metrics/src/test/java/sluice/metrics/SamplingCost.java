package sluice.metrics;

import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import sluice.metrics.gpu.SimulatedGpus;

/// Says what sixteen simulated cards cost: a look a second, and a scrape. A program and not a test, because a test must
/// not measure time. Run it by hand with the class path of the tests.
public final class SamplingCost {
    private static final int WARM_UP = 3000;
    private static final int ROUNDS = 2000;

    private SamplingCost() {}

    public static void main(String[] arguments) {
        var gpus = SimulatedGpus.open(arguments.length > 0 ? arguments[0] : "simulated:16xH100-80GiB");
        for (var card : gpus.cards()) {
            for (int session = 0; session < 4; session++) {
                gpus.occupy(card.uuid(), "s-" + card.index() + "-" + session, 1000 + session, 1L << 30, 20);
            }
        }
        var node = new LiveNode("node1", gpus, Clock.systemUTC());
        var page = node.page();
        node.look();
        measure("first look, cold", 0, 1, node::look);
        measure("first scrape, cold", 0, 1, page::text);
        measure("the next twenty looks", 0, 20, node::look);
        measure("the next twenty scrapes", 0, 20, page::text);
        measure("look", WARM_UP, ROUNDS, node::look);
        measure("scrape", WARM_UP, ROUNDS, page::text);
        System.out.printf(
                "page: %d characters, %d lines%n",
                page.text().length(), page.text().lines().count());
    }

    private static void measure(String what, int warmUp, int rounds, Runnable work) {
        for (int i = 0; i < warmUp; i++) work.run();
        var threads = ManagementFactory.getThreadMXBean();
        var cpu = threads.getCurrentThreadCpuTime();
        var wall = System.nanoTime();
        for (int i = 0; i < rounds; i++) work.run();
        var took = Duration.ofNanos((System.nanoTime() - wall) / rounds);
        var used = Duration.ofNanos((threads.getCurrentThreadCpuTime() - cpu) / rounds);
        System.out.printf(
                Locale.ROOT,
                "%s: %.3f ms, of processor time %.3f ms = %.3f%% of a core at one a second%n",
                what,
                took.toNanos() / 1e6,
                used.toNanos() / 1e6,
                used.toNanos() / 1e7);
    }
}

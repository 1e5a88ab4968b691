package sluice.gateway.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import sluice.scheduling.MoveCost;
import sluice.scheduling.simulator.Scenario;
import sluice.scheduling.simulator.Simulator;

/// `sluice simulate`: no pool is needed, and no card.
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        description = {
            "How many cards would your notebooks need, and how long would a cell wait for one?",
            "Replays made-up notebooks, with the statistics of a published trace, under three policies: a card reserved"
                    + " for each notebook; one given up after some idle minutes; one taken back when somebody else needs"
                    + " it. The decisions are made by the code that a pool runs."
        })
public final class SimulateCommand implements Callable<Integer> {
    @Option(names = "--notebooks", paramLabel = "N", description = "Notebooks with one GPU each (default: 118).")
    int notebooks = Scenario.USUAL.notebooks();

    @Option(names = "--days", paramLabel = "N", description = "Days to simulate (default: 30).")
    double days = Scenario.USUAL.days();

    @Option(names = "--nodes", paramLabel = "N", description = "Machines (default: 2).")
    int nodes = Scenario.USUAL.nodes();

    @Option(names = "--cards", paramLabel = "N", description = "Cards of each machine (default: 8).")
    int cards = Scenario.USUAL.cardsEach();

    @Option(
            names = "--bandwidth",
            paramLabel = "GB/S",
            description = "Speed at which state moves between a card and host memory (default: 8).")
    double bandwidth = Scenario.USUAL.cost().bytesPerSecond() / 1e9;

    @Option(names = "--seed", paramLabel = "N", description = "Another seed makes other notebooks (default: 7).")
    long seed = Scenario.USUAL.seed();

    @Option(names = "--json", description = "Print JSON, for programs.")
    boolean json;

    @Spec
    CommandSpec command = CommandSpec.create();

    @Override
    public Integer call() {
        if (notebooks < 1 || notebooks > 10_000) throw new CannotDo("--notebooks must be from 1 to 10000");
        if (!(days > 0 && days <= 366)) throw new CannotDo("--days must be more than 0 and at most 366");
        if (nodes < 1 || cards < 1 || (long) nodes * cards > 10_000)
            throw new CannotDo("--nodes and --cards must be at least 1, and 10000 cards in all at most");
        if (!(bandwidth > 0 && bandwidth <= 10_000)) throw new CannotDo("--bandwidth must be more than 0");
        var usual = Scenario.USUAL;
        var scenario = usual.withNotebooks(notebooks, days)
                .withCards(nodes, cards)
                .withCost(new MoveCost(usual.cost().seconds(), bandwidth * 1e9))
                .withSeed(seed);
        var report = Simulator.compare(scenario);
        var out = command.commandLine().getOut();
        out.print(json ? report.json() + "\n" : report.table());
        out.flush();
        return 0;
    }
}

package sluice.gateway.queue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import sluice.gateway.fleet.Capacity;
import sluice.gateway.fleet.NodesInMemory;
import sluice.gateway.fleet.Snapshots;
import sluice.gateway.ledger.Accounts;
import sluice.gateway.ledger.Decisions;
import sluice.gateway.ledger.Leases;
import sluice.gateway.ledger.Quotas;
import sluice.gateway.ledger.Usage;
import sluice.gateway.people.Teams;
import sluice.gateway.people.Users;
import sluice.gateway.queue.Dispatcher.Answer;
import sluice.migrations.ScratchDatabase;
import sluice.scheduling.Demand;
import sluice.scheduling.Demand.Kind;
import sluice.scheduling.Gpus;
import sluice.scheduling.Mode;
import sluice.scheduling.Needs;
import sluice.scheduling.Owner;
import sluice.scheduling.Terms;
import sluice.scheduling.queue.Policy;
import sluice.scheduling.queue.Scheduler;

/// A dispatcher with everything below it: a database, a node with simulated cards, and a clock that is told to go on.
final class Counter {
    private static final ScratchDatabase SCRATCH = ScratchDatabase.create();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(SCRATCH::close));
    }

    final Jdbi jdbi = SCRATCH.database().jdbi();
    final SetClock clock = new SetClock();
    final NodesInMemory nodes = new NodesInMemory();
    final Users users = new Users(jdbi, clock);
    final Teams teams = new Teams(jdbi, clock);
    final Quotas quotas = new Quotas(jdbi, clock, users, teams);
    final Leases leases = new Leases(jdbi);
    final Decisions decisions = new Decisions(jdbi, clock);
    final Map<String, News.Turn> turns = new ConcurrentHashMap<>();

    /// As a gateway has them; another one's after [#restart].
    Usage usage;

    Dispatcher dispatcher;

    static final class SetClock extends Clock {
        volatile Instant now = Instant.parse("2026-11-23T08:59:00.123Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return InstantSource.fixed(now).withZone(zone);
        }
    }

    /// @param cards as [sluice.metrics.gpu.SimulatedGpus#open] reads them
    Counter(String cards) {
        nodes.cards = cards;
        for (var table : List.of("lease", "usage_hour", "quota", "team", "pool_user"))
            jdbi.useHandle(db -> db.execute("DELETE FROM " + table));
        usage = new Usage(jdbi, clock);
        dispatcher = open();
    }

    private Dispatcher open() {
        var opened = new Dispatcher(
                new Scheduler(Policy.USUAL),
                new Capacity(new Snapshots(nodes, Duration.ZERO)),
                new Accounts(quotas::accounts, usage),
                leases,
                usage,
                decisions,
                clock,
                new Bell());
        opened.onNews(news -> {
            if (news instanceof News.Turn turn) turns.put(turn.session(), turn);
        });
        return opened;
    }

    /// The gateway was killed, and the next one reads the books.
    void restart() {
        usage = new Usage(jdbi, clock);
        dispatcher = open();
    }

    Demand demand(String team, String user, Gpus gpus) {
        var needs = Needs.of(gpus, Mode.SWAP);
        var terms = Terms.NOTEBOOK.unsuspendable();
        var id = UUID.randomUUID().toString();
        return new Demand(id, new Owner(team, user), Kind.KERNEL, needs, 1, terms, clock.now);
    }

    /// Asks for it, and would wait.
    Answer ask(Demand demand) throws InterruptedException {
        return ask(demand, "{}");
    }

    Answer ask(Demand demand, @Nullable String order) throws InterruptedException {
        return dispatcher.ask(demand, "python3", "gpu", order);
    }

    /// What the node would say that runs.
    List<Running> running(List<String> sessions) {
        return dispatcher.held().stream()
                .filter(held -> sessions.contains(held.session()))
                .map(Counter::running)
                .toList();
    }

    private static Running running(Held held) {
        var cards = held.lease().placement().parts().getFirst().shares().stream()
                .map(share -> new sluice.kernels.link.Orders.GrantedCard(share.card(), share.milli(), share.bytes()))
                .toList();
        var owner = held.row().owner();
        var grant =
                new sluice.kernels.link.Orders.Grant(owner.team(), held.row().flavour(), cards, 0, 0);
        return new Running(held.session(), owner.user(), held.row().spec(), grant, 0);
    }
}

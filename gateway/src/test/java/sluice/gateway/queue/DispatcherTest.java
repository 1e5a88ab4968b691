package sluice.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import sluice.gateway.fleet.Nodes.NodeAway;
import sluice.gateway.ledger.AccountName;
import sluice.gateway.ledger.Allowance;
import sluice.gateway.ledger.Decisions;
import sluice.gateway.ledger.LeaseRow.State;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Refused.Kind;
import sluice.gateway.queue.Dispatcher.Answer;
import sluice.scheduling.Demand;
import sluice.scheduling.Gpus;

class DispatcherTest {
    private static final Gpus CARD = new Gpus.Whole(1);

    final Counter counter = new Counter("simulated:2xH100-80GiB");

    private Demand adas(Gpus gpus) {
        return counter.demand("default", "ada", gpus);
    }

    private String runs(Gpus gpus) throws InterruptedException {
        var demand = adas(gpus);
        assertThat(counter.ask(demand)).isInstanceOf(Answer.Granted.class);
        counter.dispatcher.started(demand.id());
        return demand.id();
    }

    private static Allowance gpus(double gpus) {
        return new Allowance(Math.round(gpus * 1000), null, null, null, null, null, null, 0, 1);
    }

    private void limit(AccountName account, double gpus) {
        if (account.team() != null && counter.teams.list().isEmpty()) counter.teams.create("vision", null);
        counter.quotas.put(account, gpus(gpus), null, "root");
    }

    /// Those that were told the verdict; what is decided is written down a moment later.
    private List<String> verdicts(String session, int count) throws InterruptedException {
        var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        var verdicts = List.<String>of();
        while (verdicts.size() < count && System.nanoTime() < deadline) {
            Thread.sleep(5);
            verdicts = counter.decisions.of(session).stream()
                    .map(Decisions.Entry::verdict)
                    .toList();
        }
        return verdicts;
    }

    @Test
    void whatIsFreeIsGrantedAtOnceAndStandsInTheDatabase() throws InterruptedException {
        var demand = adas(CARD);
        var granted = (Answer.Granted) counter.ask(demand);
        assertThat(granted.placement().cards()).isEqualTo(1);
        assertThat(counter.leases.live()).singleElement().satisfies(row -> {
            assertThat(row.state()).isEqualTo(State.STARTING);
            assertThat(row.placement()).isEqualTo(granted.placement());
            assertThat(row.demand()).isEqualTo(demand);
        });
        counter.dispatcher.started(demand.id());
        assertThat(counter.leases.live())
                .singleElement()
                .satisfies(row -> assertThat(row.state()).isEqualTo(State.ACTIVE));
        assertThat(verdicts(demand.id(), 2)).containsExactly("granted", "started");
    }

    @Test
    void whoFindsTheCardsTakenWaitsAndGetsTheFirstThatIsGivenBack() throws InterruptedException {
        var first = runs(CARD);
        runs(CARD);
        var demand = adas(CARD);
        var queued = (Answer.Queued) counter.ask(demand);
        assertThat(queued.pending().reason()).isEqualTo("waiting for a card: 2 of 2 are busy; you are 1st");
        counter.dispatcher.cycle();
        assertThat(counter.dispatcher.waiting(demand.id())).isPresent();

        counter.clock.pass(Duration.ofMinutes(3));
        counter.dispatcher.release(first, "it was shut down", -1);
        counter.dispatcher.cycle();
        assertThat(counter.dispatcher.waiting(demand.id())).isEmpty();
        assertThat(counter.dispatcher.holds(demand.id())).isTrue();
        assertThat(verdicts(demand.id(), 2)).containsExactly("waits", "granted");
        assertThat(counter.turns).containsKey(demand.id());
        assertThat(counter.dispatcher.cycles().waitSeconds("default").sum()).isEqualTo(180);
    }

    @Test
    void whoDoesNotWaitIsRefusedWithTheReason() throws InterruptedException {
        runs(new Gpus.Whole(2));
        assertThatThrownBy(() -> counter.ask(adas(CARD), null))
                .isInstanceOf(Refused.class)
                .hasMessage("Waiting for a card: 2 of 2 are busy; you are 1st");
        assertThat(counter.leases.live()).hasSize(1);
    }

    @Test
    void aQuotaRefusesWithItsSentenceAndNothingIsEntered() throws InterruptedException {
        limit(AccountName.team("default"), 1);
        var first = runs(CARD);
        var refused = adas(new Gpus.Fraction(250));
        assertThatThrownBy(() -> counter.ask(refused))
                .isInstanceOf(Refused.class)
                .hasMessage("Team default may use 1 GPU, 1 is in use and this asks for 0.25; ask a manager or stop "
                                .replace(" and this asks for 0.25", "")
                        + first.substring(0, 8))
                .satisfies(e -> assertThat(((Refused) e).kind()).isEqualTo(Kind.FORBIDDEN));
        assertThat(counter.leases.of(refused.id())).isEmpty();
        assertThat(verdicts(refused.id(), 1)).containsExactly("refused");
        assertThat(counter.ask(counter.demand("default", "ada", new Gpus.None())))
                .isInstanceOf(Answer.Granted.class);
    }

    @Test
    void whatThePoolCouldNeverGiveIsRefusedWithTheReason() {
        assertThatThrownBy(() -> counter.ask(adas(new Gpus.Whole(3))))
                .hasMessage("Asks for 3 GPUs on one node; the largest has 2: split it into ranks")
                .satisfies(e -> assertThat(((Refused) e).kind()).isEqualTo(Kind.BAD_REQUEST));
        assertThatThrownBy(() -> counter.ask(adas(new Gpus.Memory(81L << 30))))
                .hasMessageContaining("the largest GPU has 80 GB");
        limit(AccountName.POOL, 1);
        assertThatThrownBy(() -> counter.ask(adas(new Gpus.Whole(2))))
                .hasMessage("The pool may use 1 GPU at most and this asks for 2; ask a manager, or ask for less")
                .satisfies(e -> assertThat(((Refused) e).kind()).isEqualTo(Kind.FORBIDDEN));
        assertThat(counter.leases.live()).isEmpty();
    }

    @Test
    void aQuotaBelowWhatIsUsedTakesNothingAwayAndGivesNothingMore() throws InterruptedException {
        runs(CARD);
        limit(AccountName.team("default"), 0.5);
        assertThat(counter.dispatcher.held()).hasSize(1);
        assertThatThrownBy(() -> counter.ask(adas(new Gpus.Fraction(100)))).isInstanceOf(Refused.class);
    }

    @Test
    void oneThatWaitsGoesOnWaitingWhenAQuotaIsLoweredAndSaysSo() throws InterruptedException {
        runs(CARD);
        runs(CARD);
        var demand = adas(CARD);
        counter.ask(demand);
        limit(AccountName.team("default"), 2);
        counter.dispatcher.cycle();
        assertThat(counter.dispatcher.waiting(demand.id()).orElseThrow().reason())
                .startsWith("team default may use 2 GPUs, 2 are in use");
        limit(AccountName.team("default"), 0);
        counter.dispatcher.cycle();
        assertThat(counter.dispatcher.waiting(demand.id()).orElseThrow().reason())
                .startsWith("cannot start now: team default may use 0 GPUs at most");
    }

    @Test
    void aStartThatFailsGivesItsLeaseBack() throws InterruptedException {
        var demand = adas(new Gpus.Whole(2));
        counter.ask(demand);
        counter.dispatcher.release(demand.id(), "its kernel.json is not JSON", -1);
        assertThat(counter.leases.of(demand.id()).orElseThrow().reason()).isEqualTo("its kernel.json is not JSON");
        assertThat(counter.ask(adas(new Gpus.Whole(2)))).isInstanceOf(Answer.Granted.class);
    }

    @Test
    void releasingTwiceOrTheUnknownChangesNothing() throws InterruptedException {
        var session = runs(CARD);
        counter.clock.pass(Duration.ofSeconds(10));
        counter.dispatcher.release(session, "it was shut down", 4000);
        counter.clock.pass(Duration.ofSeconds(10));
        counter.dispatcher.release(session, "again", 9000);
        counter.dispatcher.release("nobody", "what for", -1);
        var row = counter.leases.of(session).orElseThrow();
        assertThat(row.use().allocatedSeconds()).isEqualTo(10);
        assertThat(row.use().busySeconds()).isEqualTo(4);
        assertThat(row.reason()).isEqualTo("it was shut down");
    }

    @Test
    void useFallsIntoItsHoursAndIsChargedToPersonTeamAndPool() throws InterruptedException {
        var session = runs(new Gpus.Fraction(500));
        counter.clock.pass(Duration.ofMinutes(31)); // from 08:59:00 on
        counter.dispatcher.reckon(_ -> 60_000);
        counter.clock.pass(Duration.ofMinutes(61));
        counter.dispatcher.release(session, "it was shut down", 120_000);
        var hours = counter.jdbi.withHandle(db -> db.createQuery("SELECT allocated FROM usage_hour ORDER BY hour")
                .mapTo(Long.class)
                .list());
        long minute = 60_000L * 500;
        assertThat(hours.stream().mapToLong(Long::longValue).sum()).isEqualTo(92 * minute);
        assertThat(hours).hasSize(3);
        assertThat(hours.get(1)).isEqualTo(60 * minute);
        for (var account : List.of("", "default", "default/ada")) {
            assertThat(counter.usage.spentGpuHours(account, counter.clock.now)).isEqualTo(46 / 60.0);
            assertThat(counter.usage.recentGpus(account, counter.clock.now)).isPositive();
        }
        counter.restart();
        assertThat(counter.usage.spentGpuHours("default/ada", counter.clock.now))
                .isEqualTo(46 / 60.0);
        counter.clock.pass(Duration.ofDays(10));
        assertThat(counter.usage.spentGpuHours("default/ada", counter.clock.now))
                .isZero(); // it is December
    }

    @Test
    void whoHasUsedUpTheMonthIsRefusedUntilTheNextOne() throws InterruptedException {
        counter.quotas.put(
                AccountName.team("default"),
                new Allowance(null, null, null, null, null, null, 1.0, 0, 1),
                null,
                "root");
        var session = runs(CARD);
        counter.clock.pass(Duration.ofMinutes(61));
        counter.dispatcher.release(session, "it was shut down", -1);
        assertThatThrownBy(() -> counter.ask(adas(CARD)))
                .hasMessage(
                        "Team default has used its 1 GPU-hours of November; ask a manager, or wait until 1 December");
        counter.clock.pass(Duration.ofDays(8));
        assertThat(counter.ask(adas(CARD))).isInstanceOf(Answer.Granted.class);
    }

    @Test
    void theNextGatewayKnowsWhoHoldsAndWhoWaits() throws InterruptedException {
        var holds = runs(new Gpus.Whole(2));
        var waits = adas(CARD);
        counter.ask(waits, "how to start it");
        counter.restart();
        counter.dispatcher.agree(counter.running(List.of(holds)), counter.clock.now);
        assertThat(counter.dispatcher.holds(holds)).isTrue();
        assertThat(counter.dispatcher.queue()).singleElement().satisfies(pending -> {
            assertThat(pending.session()).isEqualTo(waits.id());
            assertThat(pending.row().order()).isEqualTo("how to start it");
        });
        counter.dispatcher.release(holds, "it was shut down", -1);
        counter.dispatcher.cycle();
        assertThat(counter.dispatcher.holds(waits.id())).isTrue();
    }

    @Test
    void aStartThatTheGatewayDidNotLiveToSeeIsAskedForAgainWhereItsClientWaits() throws InterruptedException {
        var holds = runs(new Gpus.Whole(2));
        var waits = adas(CARD);
        counter.ask(waits);
        counter.dispatcher.release(holds, "it was shut down", -1);
        counter.dispatcher.cycle(); // its turn has come
        var atOnce = adas(CARD);
        counter.ask(atOnce, null);

        counter.restart();
        counter.clock.pass(Duration.ofSeconds(5));
        counter.dispatcher.agree(List.of(), counter.clock.now);
        assertThat(counter.dispatcher.holds(atOnce.id())).isFalse();
        assertThat(counter.dispatcher.waiting(waits.id())).isPresent();
        counter.dispatcher.cycle();
        assertThat(counter.dispatcher.holds(waits.id())).isTrue();
        assertThat(counter.leases.of(atOnce.id()).orElseThrow().state()).isEqualTo(State.RELEASED);
    }

    @Test
    void aStartThatTheNodeDidNotLiveToSeeWaitsAgainUnlessItRuns() throws InterruptedException {
        var holds = runs(new Gpus.Whole(2));
        var waits = List.of(adas(CARD), adas(CARD));
        for (var each : waits) counter.ask(each);
        counter.dispatcher.release(holds, "it was shut down", -1);
        counter.dispatcher.cycle(); // their turn has come
        for (var each : waits) assertThat(counter.dispatcher.doubt(each.id())).isTrue();
        var runs = waits.getFirst().id();
        counter.clock.pass(Duration.ofSeconds(5));
        counter.dispatcher.agree(counter.running(List.of(runs)), counter.clock.now);
        assertThat(counter.dispatcher.holds(runs)).isTrue();
        assertThat(counter.leases.of(runs).orElseThrow().state()).isEqualTo(State.ACTIVE);
        assertThat(counter.dispatcher.queue()).singleElement().satisfies(pending -> {
            assertThat(pending.session()).isEqualTo(waits.getLast().id());
            assertThat(pending.row().order()).isNotNull();
        });
        var atOnce = adas(CARD);
        counter.ask(atOnce);
        assertThat(counter.dispatcher.doubt(atOnce.id()))
                .as("its client has been told")
                .isFalse();
    }

    @Test
    void aLeaseOfADeadSessionIsTakenBackAndWhatRunsWithoutOneIsEntered() throws InterruptedException {
        var dead = runs(CARD);
        var lost = runs(CARD);
        var seen = counter.running(List.of(lost));
        counter.clock.pass(Duration.ofMinutes(5));
        counter.dispatcher.lost("its node is away for too long");
        assertThat(counter.dispatcher.held()).isEmpty();

        counter.clock.pass(Duration.ofMinutes(5));
        counter.dispatcher.agree(seen, counter.clock.now); // the node is back, with one of them
        assertThat(counter.dispatcher.held()).singleElement().satisfies(held -> {
            assertThat(held.session()).isEqualTo(lost);
            assertThat(held.lease().placement().amounts().milliGpus()).isEqualTo(1000);
        });
        assertThat(counter.leases.of(dead).orElseThrow().state()).isEqualTo(State.RELEASED);
        counter.clock.pass(Duration.ofMinutes(5));
        counter.dispatcher.agree(List.of(), counter.clock.now);
        assertThat(counter.dispatcher.held()).isEmpty();
        assertThat(counter.leases.live()).isEmpty();
    }

    @Test
    void whatWasGrantedWhileTheNodeWasAskedIsNotTakenForDead() throws InterruptedException {
        var before = counter.clock.now.minusSeconds(1);
        var session = runs(CARD);
        counter.dispatcher.agree(List.of(), before);
        assertThat(counter.dispatcher.holds(session)).isTrue();
    }

    @Test
    void withoutANodeNothingStartsAndThoseThatWaitAreTold() throws InterruptedException {
        runs(new Gpus.Whole(2));
        var waits = adas(CARD);
        counter.ask(waits);
        counter.nodes.away = true;
        counter.dispatcher.cycle();
        assertThat(counter.dispatcher.waiting(waits.id()).orElseThrow().reason())
                .isEqualTo("waiting for the node: it is away, and is being started again");
        assertThatThrownBy(() -> counter.ask(adas(CARD))).isInstanceOf(NodeAway.class);
        counter.nodes.away = false;
        counter.dispatcher.cycle();
        assertThat(counter.dispatcher.waiting(waits.id()).orElseThrow().reason())
                .startsWith("waiting for a card: 2 of 2 are busy");
    }

    @Test
    void aCardThatIsLostIsGivenToNobody() throws InterruptedException {
        counter.nodes.lost = 1;
        runs(CARD);
        var queued = (Answer.Queued) counter.ask(adas(CARD));
        assertThat(queued.pending().reason()).contains("waiting for a card");
        counter.nodes.lost = 0;
        counter.dispatcher.cycle();
        assertThat(counter.dispatcher.queue()).isEmpty();
    }

    @Test
    void ofManyAtOnceNobodyGetsWhatAnotherHas() throws InterruptedException {
        limit(AccountName.team("default"), 1.5);
        var granted = new AtomicInteger();
        var refused = new AtomicInteger();
        var ready = new CountDownLatch(16);
        try (var people = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 16; i++) {
                people.submit(() -> {
                    ready.countDown();
                    ready.await();
                    try {
                        counter.ask(adas(new Gpus.Fraction(250)));
                        granted.incrementAndGet();
                    } catch (Refused e) {
                        refused.incrementAndGet();
                    }
                    return null;
                });
            }
        }
        assertThat(granted).hasValue(6);
        assertThat(refused).hasValue(10);
        assertThat(new InUse(counter.dispatcher.held()).of("default").milliGpus())
                .isEqualTo(1500);
        assertThat(Objects.requireNonNull(counter.leases.live())).hasSize(6);
    }
}

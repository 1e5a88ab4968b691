package sluice.scheduling.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.scheduling.Pools.ADA;
import static sluice.scheduling.Pools.BEN;
import static sluice.scheduling.Pools.EVE;
import static sluice.scheduling.Pools.GB;
import static sluice.scheduling.Pools.NOON;
import static sluice.scheduling.Pools.job;
import static sluice.scheduling.Pools.lease;
import static sluice.scheduling.Pools.node;
import static sluice.scheduling.Pools.notebook;
import static sluice.scheduling.Pools.on;
import static sluice.scheduling.Pools.snapshot;
import static sluice.scheduling.Pools.with;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.scheduling.Account;
import sluice.scheduling.Decision;
import sluice.scheduling.Decision.Cause;
import sluice.scheduling.Decision.Evict;
import sluice.scheduling.Decision.Suspend;
import sluice.scheduling.Decision.Wait;
import sluice.scheduling.Decision.Warn;
import sluice.scheduling.Demand;
import sluice.scheduling.Lease;
import sluice.scheduling.Lease.State;
import sluice.scheduling.Mode;
import sluice.scheduling.Node;
import sluice.scheduling.Snapshot;
import sluice.scheduling.Snapshot.Waiting;
import sluice.scheduling.Terms;
import sluice.scheduling.Terms.Priority;

/// Who has to make room, and who does not.
class VictimsTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Instant MORNING = NOON.minus(Duration.ofHours(4));
    private static final List<Node> TWO_CARDS = List.of(node("n1", 2, Mode.EXCLUSIVE));

    private final Scheduler scheduler = new Scheduler(Policy.USUAL);

    private List<Decision> decide(Snapshot snapshot) {
        return scheduler.decide(snapshot, NOON);
    }

    private static List<Decision> except(List<Decision> decisions, String id) {
        return decisions.stream().filter(each -> !each.id().equals(id)).toList();
    }

    private static Wait wait(List<Decision> decisions, String id) {
        return (Wait) decisions.stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static Lease running(Demand demand, String card) {
        return lease(demand, MORNING, "n1", card);
    }

    private static Lease idle(Demand demand, String card, Duration since) {
        return running(demand, card).in(State.IDLE, NOON.minus(since));
    }

    @Test
    void theOneThatHasBeenIdleLongestMovesOut() {
        var decisions = decide(snapshot(
                TWO_CARDS,
                List.of(
                        idle(notebook("s-1", ADA, Mode.EXCLUSIVE), "n1/0", Duration.ofMinutes(5)),
                        idle(notebook("s-2", ADA, Mode.EXCLUSIVE), "n1/1", Duration.ofMinutes(41))),
                notebook("s-3", EVE, Mode.EXCLUSIVE)));
        assertThat(except(decisions, "s-3"))
                .containsExactly(
                        new Suspend(
                                "s-2",
                                "s-3",
                                "idle for 41 min, and s-3 needs the card; your state is kept and comes back with the next cell"));
        var wait = wait(decisions, "s-3");
        assertThat(wait.cause()).isEqualTo(Cause.ROOM);
        // 0.5 s and 80 GB (85.9e9 bytes) at 6e9 bytes a second: 14.8 s.
        assertThat(wait.reason()).isEqualTo("s-2 is moving out for it, about 14 s");
    }

    @Test
    void whatIsSmallerCostsLessToMove() {
        var decisions = decide(snapshot(
                TWO_CARDS,
                List.of(
                        idle(notebook("s-1", ADA, Mode.EXCLUSIVE), "n1/0", Duration.ofMinutes(5))
                                .holding(2 * GB),
                        idle(notebook("s-2", ADA, Mode.EXCLUSIVE), "n1/1", Duration.ofMinutes(41))
                                .holding(60 * GB)),
                notebook("s-3", EVE, Mode.EXCLUSIVE)));
        assertThat(except(decisions, "s-3"))
                .singleElement()
                .extracting(Decision::id)
                .isEqualTo("s-1");
    }

    @Test
    void whoeverIsLeavingAlreadyIsWaitedForAndNobodyElseIsSentAway() {
        var decisions = decide(snapshot(
                TWO_CARDS,
                List.of(
                        running(notebook("s-1", ADA, Mode.EXCLUSIVE), "n1/0").in(State.LEAVING, NOON),
                        idle(notebook("s-2", ADA, Mode.EXCLUSIVE), "n1/1", Duration.ofMinutes(41))),
                notebook("s-3", EVE, Mode.EXCLUSIVE)));
        assertThat(except(decisions, "s-3")).isEmpty();
        assertThat(wait(decisions, "s-3").reason()).startsWith("s-1 is moving out for it");
    }

    @Test
    void nobodyIsSentAwayBeforeTheirMinimalRunTimeOrRightAfterACell() {
        var young = lease(notebook("s-1", ADA, Mode.EXCLUSIVE), NOON.minusSeconds(40), "n1", "n1/0")
                .in(State.IDLE, NOON.minusSeconds(35));
        var justNow = idle(notebook("s-2", ADA, Mode.EXCLUSIVE), "n1/1", Duration.ofSeconds(5));
        var decisions = decide(snapshot(TWO_CARDS, List.of(young, justNow), notebook("s-3", BEN, Mode.EXCLUSIVE)));
        assertThat(except(decisions, "s-3")).isEmpty();
        assertThat(wait(decisions, "s-3").cause()).isEqualTo(Cause.CARDS);
    }

    @Test
    void spotYieldsToEverybodyAndTakesFromNobody() {
        var spot = Terms.job(HOUR).with(Priority.SPOT);
        var leases = List.of(
                running(on(job("j-1", ADA, 1, HOUR), spot), "n1/0").savedAt(NOON.minusSeconds(30)),
                running(on(job("j-2", ADA, 1, HOUR), spot), "n1/1"));
        var decisions = decide(snapshot(TWO_CARDS, leases, job("j-3", EVE, 1, HOUR)));
        // j-1 saved half a minute ago, j-2 would lose four hours.
        assertThat(except(decisions, "j-3"))
                .containsExactly(new Evict(
                        "j-1", "j-3", "j-3 needs the card, and this runs on what is left over; it is queued again"));
        var idle = idle(notebook("s-1", ADA, Mode.EXCLUSIVE), "n1/0", HOUR);
        assertThat(except(
                        decide(snapshot(TWO_CARDS, List.of(idle, leases.get(1)), on(job("j-4", EVE, 2, HOUR), spot))),
                        "j-4"))
                .isEmpty();
    }

    @Test
    void whatWasBorrowedIsGivenBackToWhoeverIsDueIt() {
        var snapshot = with(
                snapshot(
                        TWO_CARDS,
                        List.of(running(job("j-1", ADA, 1, HOUR), "n1/0"), running(job("j-2", BEN, 1, HOUR), "n1/1")),
                        job("j-3", EVE, 1, HOUR),
                        job("j-4", EVE, 1, HOUR)),
                Account.of("vision").deserving(1000),
                Account.of("speech").deserving(1000));
        var decisions = decide(snapshot);
        // Vision borrows one card, so one comes back, and not the second.
        assertThat(decisions.stream().filter(Evict.class::isInstance))
                .hasSize(1)
                .allSatisfy(each -> {
                    assertThat(each.id()).isEqualTo("j-1");
                    assertThat(each.reason())
                            .isEqualTo(
                                    "team vision had borrowed this card, and team speech is due it; it is queued again");
                });
        assertThat(wait(decisions, "j-4").cause()).isEqualTo(Cause.CARDS);
    }

    @Test
    void aBusyNotebookOnABorrowedCardIsSuspendedAndLosesNothing() {
        var snapshot = with(
                snapshot(
                        List.of(node("n1", 1, Mode.EXCLUSIVE)),
                        List.of(running(notebook("s-1", ADA, Mode.EXCLUSIVE), "n1/0")),
                        job("j-3", EVE, 1, HOUR)),
                Account.of("speech").deserving(1000));
        assertThat(except(decide(snapshot), "j-3")).singleElement().isInstanceOf(Suspend.class);
    }

    @Test
    void theTeamsOwnMoreUrgentWorkGoesFirstAndEqualsDoNotDisturbEachOther() {
        var one = List.of(node("n1", 1, Mode.EXCLUSIVE));
        var running = List.of(running(job("j-1", ADA, 1, Duration.ofHours(9)), "n1/0"));
        assertThat(except(decide(snapshot(one, running, job("j-2", BEN, 1, HOUR))), "j-2"))
                .isEmpty();
        var urgent = on(job("j-2", BEN, 1, HOUR), Terms.job(HOUR).with(Priority.HIGH));
        assertThat(except(decide(snapshot(one, running, urgent)), "j-2"))
                .containsExactly(new Evict("j-1", "j-2", "j-2 of your team is more urgent; it goes on later"));
    }

    @Test
    void whatCannotBeSuspendedIsWarnedBeforeItIsStopped() {
        var one = List.of(node("n1", 1, Mode.EXCLUSIVE));
        var stuck = on(notebook("s-1", ADA, Mode.EXCLUSIVE), Terms.NOTEBOOK.unsuspendable());
        var idle = idle(stuck, "n1/0", HOUR);
        var first = decide(snapshot(one, List.of(idle), job("j-1", EVE, 1, HOUR)));
        assertThat(except(first, "j-1"))
                .containsExactly(new Warn(
                        "s-1",
                        "j-1",
                        NOON.plus(Duration.ofMinutes(10)),
                        "s-1 is not used and cannot be suspended: it will be stopped in 10 min unless it is used"));
        assertThat(wait(first, "j-1").eta()).isEqualTo(NOON.plus(Duration.ofMinutes(10)));

        var warned = idle.warnedAt(NOON.minus(Duration.ofMinutes(4)));
        assertThat(except(decide(snapshot(one, List.of(warned), job("j-1", EVE, 1, HOUR))), "j-1"))
                .isEmpty();

        var over = idle.warnedAt(NOON.minus(Duration.ofMinutes(10)));
        assertThat(except(decide(snapshot(one, List.of(over), job("j-1", EVE, 1, HOUR))), "j-1"))
                .singleElement()
                .isInstanceOf(Evict.class);

        var used = over.in(State.BUSY, NOON);
        assertThat(except(decide(snapshot(one, List.of(used), job("j-1", EVE, 1, HOUR))), "j-1"))
                .isEmpty();
    }

    @Test
    void aJobThatCanNeitherBeSuspendedNorQueuedAgainRunsToItsEnd() {
        var one = List.of(node("n1", 1, Mode.EXCLUSIVE));
        var terms = new Terms(false, false, HOUR, Priority.NORMAL, Duration.ZERO);
        var idle = idle(on(job("j-1", ADA, 1, HOUR), terms), "n1/0", Duration.ofHours(3));
        assertThat(except(decide(snapshot(one, List.of(idle), job("j-2", EVE, 1, HOUR))), "j-2"))
                .isEmpty();
    }

    @Test
    void busySessionsTakeTurnsWithWhoWaitedAQuantum() {
        var one = List.of(node("n1", 1, Mode.EXCLUSIVE));
        var busy = running(notebook("s-1", ADA, Mode.EXCLUSIVE), "n1/0");
        var wish = notebook("s-2", BEN, Mode.EXCLUSIVE);
        var impatient = new Waiting(wish, null, false, NOON, 0, NOON.minus(Duration.ofMinutes(29)));
        assertThat(except(decide(new Snapshot(one, List.of(busy), List.of(impatient), List.of())), "s-2"))
                .isEmpty();
        var patient = new Waiting(wish, null, false, NOON, 0, NOON.minus(Duration.ofMinutes(30)));
        assertThat(except(decide(new Snapshot(one, List.of(busy), List.of(patient), List.of())), "s-2"))
                .containsExactly(new Suspend(
                        "s-1", "s-2", "it is s-2's turn on this card; yours comes again, with nothing lost"));
    }

    @Test
    void nobodyIsSentAwayWhereThatWouldNotSuffice() {
        var young = lease(job("j-1", ADA, 1, HOUR), NOON.minusSeconds(60), "n1", "n1/0");
        var idle = idle(notebook("s-2", ADA, Mode.EXCLUSIVE), "n1/1", HOUR);
        var decisions = decide(snapshot(TWO_CARDS, List.of(young, idle), job("j-2", EVE, 2, HOUR)));
        assertThat(except(decisions, "j-2")).isEmpty();
    }

    @Test
    void aGangSendsAwayNoMoreThanItNeeds() {
        var nodes =
                List.of(node("n1", 2, Mode.EXCLUSIVE), node("n2", 2, Mode.EXCLUSIVE), node("n3", 2, Mode.EXCLUSIVE));
        var leases = List.of(
                idle(notebook("s-1", ADA, Mode.EXCLUSIVE), "n1/0", Duration.ofHours(9)),
                lease(notebook("s-2", ADA, Mode.EXCLUSIVE), MORNING, "n2", "n2/0")
                        .in(State.IDLE, NOON.minus(HOUR)),
                lease(notebook("s-3", ADA, Mode.EXCLUSIVE), MORNING, "n3", "n3/0")
                        .in(State.IDLE, NOON.minus(HOUR)));
        var decisions = decide(snapshot(nodes, leases, job("j-1", EVE, 2, 2, HOUR)));
        assertThat(except(decisions, "j-1")).hasSize(2).extracting(Decision::id).contains("s-1");
    }

    @Test
    void whatAVictimLeavesOverIsNotGrantedBeforeItHasLeft() {
        var nodes = List.of(node("n1", 4, Mode.EXCLUSIVE));
        var spot = on(job("j-0", ADA, 4, HOUR), Terms.job(HOUR).with(Priority.SPOT));
        var holder = lease(spot, MORNING, "n1", "n1/0", "n1/1", "n1/2", "n1/3");
        var decisions = decide(snapshot(nodes, List.of(holder), job("j-1", EVE, 2, HOUR), job("j-2", EVE, 1, HOUR)));
        assertThat(decisions)
                .filteredOn(Evict.class::isInstance)
                .extracting(Decision::id)
                .containsExactly("j-0");
        assertThat(wait(decisions, "j-1").cause()).isEqualTo(Cause.ROOM);
        assertThat(wait(decisions, "j-2").cause()).isEqualTo(Cause.ROOM);
        assertThat(wait(decisions, "j-2").reason()).isEqualTo("room is being made for it and for others");
    }

    @Test
    void aTurnIsNotTakenBackByWhoeverHadOne() {
        var one = List.of(node("n1", 1, Mode.EXCLUSIVE));
        var suspended = running(notebook("s-1", ADA, Mode.EXCLUSIVE), "n1/0").parked(NOON);
        var back = Waiting.parked(suspended, false, NOON);
        var patient = new Waiting(notebook("s-2", BEN, Mode.EXCLUSIVE), null, false, MORNING, 9, MORNING);
        var decisions = decide(new Snapshot(one, List.of(suspended), List.of(back, patient), List.of()));
        assertThat(decisions)
                .filteredOn(Decision.Grant.class::isInstance)
                .extracting(Decision::id)
                .containsExactly("s-2");
    }
}

package sluice.scheduling.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.scheduling.Pools.ADA;
import static sluice.scheduling.Pools.BEN;
import static sluice.scheduling.Pools.EVE;
import static sluice.scheduling.Pools.GB;
import static sluice.scheduling.Pools.NOON;
import static sluice.scheduling.Pools.at;
import static sluice.scheduling.Pools.job;
import static sluice.scheduling.Pools.lease;
import static sluice.scheduling.Pools.needing;
import static sluice.scheduling.Pools.node;
import static sluice.scheduling.Pools.notebook;
import static sluice.scheduling.Pools.on;
import static sluice.scheduling.Pools.slice;
import static sluice.scheduling.Pools.snapshot;
import static sluice.scheduling.Pools.with;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.scheduling.Account;
import sluice.scheduling.Decision;
import sluice.scheduling.Decision.Cause;
import sluice.scheduling.Decision.Grant;
import sluice.scheduling.Decision.Never;
import sluice.scheduling.Decision.Wait;
import sluice.scheduling.Gpus;
import sluice.scheduling.Lease;
import sluice.scheduling.Limits;
import sluice.scheduling.Mode;
import sluice.scheduling.Needs;
import sluice.scheduling.Node;
import sluice.scheduling.Snapshot;
import sluice.scheduling.Snapshot.Waiting;
import sluice.scheduling.Terms;
import sluice.scheduling.Terms.Priority;

/// What is granted, in which order, and what everybody is told.
class SchedulerTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final List<Node> TWO_CARDS = List.of(node("n1", 2, Mode.EXCLUSIVE));

    private final Scheduler scheduler = new Scheduler(Policy.USUAL);

    private List<Decision> decide(Snapshot snapshot) {
        return scheduler.decide(snapshot, NOON);
    }

    private static Decision of(List<Decision> decisions, String id) {
        return decisions.stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> granted(List<Decision> decisions) {
        return decisions.stream()
                .filter(Grant.class::isInstance)
                .map(Decision::id)
                .toList();
    }

    /// A job that has run for a minute: nobody may take its cards yet.
    private static Lease fresh(String id, String... cards) {
        return lease(job(id, EVE, cards.length, HOUR), NOON.minusSeconds(60), "n1", cards);
    }

    @Test
    void whoeverFitsStarts() {
        var decisions = decide(snapshot(TWO_CARDS, List.of(), job("j-1", ADA, 2, HOUR)));
        assertThat(decisions).singleElement().isInstanceOfSatisfying(Grant.class, grant -> {
            assertThat(grant.reason()).isEqualTo("starts on node n1 with 2 GPUs");
            assertThat(grant.placement().parts().getFirst().shares()).hasSize(2);
        });
    }

    @Test
    void whoeverWaitsIsToldWhyAndHowLong() {
        var end = lease(job("r-1", EVE, 1, Duration.ofSeconds(300)), NOON.minusSeconds(60), "n1", "n1/0");
        var later = lease(job("r-2", EVE, 1, Duration.ofHours(3)), NOON.minusSeconds(60), "n1", "n1/1");
        var decisions = decide(snapshot(
                TWO_CARDS,
                List.of(end, later),
                at(job("j-1", ADA, 1, HOUR), NOON.minusSeconds(30)),
                at(job("j-2", ADA, 1, HOUR), NOON.minusSeconds(20)),
                at(job("j-3", ADA, 1, HOUR), NOON.minusSeconds(10))));
        assertThat(decisions)
                .extracting(Decision::reason)
                .containsExactly(
                        "waiting for a card: 2 of 2 are busy; you are 1st, about 4 min",
                        "waiting for a card: 2 of 2 are busy; you are 2nd, about 3 h",
                        "waiting for a card: 2 of 2 are busy; you are 3rd");
        assertThat(decisions).allSatisfy(each -> {
            var wait = (Wait) each;
            assertThat(wait.cause()).isEqualTo(Cause.CARDS);
            assertThat(wait.blocked()).isEqualTo(NOON);
        });
        assertThat(((Wait) decisions.getFirst()).eta()).isEqualTo(NOON.plusSeconds(240));
    }

    @Test
    void whatNoNodeCanMeetIsSaidAtOnce() {
        var decisions = decide(snapshot(TWO_CARDS, List.of(), job("j-1", ADA, 3, HOUR), job("j-2", ADA, 1, 3, HOUR)));
        assertThat(decisions).allSatisfy(each -> assertThat(each).isInstanceOf(Never.class));
        assertThat(of(decisions, "j-1").reason())
                .isEqualTo("asks for 3 GPUs on one node; the largest has 2: split it into ranks");
        assertThat(of(decisions, "j-2").reason()).isEqualTo("asks for 3 GPUs; this pool has 2 such");
    }

    @Test
    void aLimitSpeaksInTheSameWordsHere() {
        var limited = with(
                snapshot(TWO_CARDS, List.of(fresh("s-7", "n1/0")), job("j-1", EVE, 1, HOUR), job("j-2", EVE, 2, HOUR)),
                Account.of("speech").with(Limits.gpus(1)));
        var decisions = decide(limited);
        var wait = (Wait) of(decisions, "j-1");
        assertThat(wait.cause()).isEqualTo(Cause.LIMIT);
        assertThat(wait.reason()).isEqualTo("team speech may use 1 GPU, 1 is in use; ask a manager or stop s-7");
        assertThat(wait.blocked()).isNull();
        assertThat(of(decisions, "j-2"))
                .isInstanceOf(Never.class)
                .extracting(Decision::reason)
                .isEqualTo("team speech may use 1 GPU at most and this asks for 2; ask a manager, or ask for less");
    }

    @Test
    void aLimitHoldsWithinOneCycle() {
        var decisions = decide(with(
                snapshot(TWO_CARDS, List.of(), job("j-1", ADA, 1, HOUR), job("j-2", ADA, 1, HOUR)),
                Account.of("vision/ada").with(Limits.gpus(1))));
        assertThat(granted(decisions)).containsExactly("j-1");
        assertThat(of(decisions, "j-2").reason())
                .isEqualTo("you may use 1 GPU, 1 is in use; ask a manager or stop j-1");
    }

    @Test
    void coresThatAreMissingBesideAFreeCardAreNamed() {
        var hungry = Needs.of(new Gpus.Whole(1), Mode.EXCLUSIVE).withHost(40_000, 64 * GB, 0);
        var running = lease(needing(job("r-1", EVE, 1, HOUR), hungry), NOON, "n1", "n1/0");
        var decisions = decide(snapshot(TWO_CARDS, List.of(running), needing(job("j-1", ADA, 1, HOUR), hungry)));
        var wait = (Wait) decisions.getFirst();
        assertThat(wait.cause()).isEqualTo(Cause.HOST);
        assertThat(wait.reason())
                .startsWith("waiting for a card: some are free, but not 40 CPUs and 64 GB of memory beside them");
    }

    @Test
    void theTeamThatIsDueComesFirst() {
        // Four cards, two deserved by each: speech holds one, vision two. Eve asked last, and is served first.
        var nodes = List.of(node("n1", 4, Mode.EXCLUSIVE));
        var leases = List.of(
                lease(job("r-1", ADA, 2, HOUR), NOON.minusSeconds(60), "n1", "n1/0", "n1/1"),
                lease(job("r-2", EVE, 1, HOUR), NOON.minusSeconds(60), "n1", "n1/2"));
        var decisions = decide(with(
                snapshot(
                        nodes,
                        leases,
                        at(job("j-1", BEN, 1, HOUR), NOON.minusSeconds(600)),
                        at(job("j-2", EVE, 1, HOUR), NOON.minusSeconds(5))),
                Account.of("vision").deserving(2000),
                Account.of("speech").deserving(2000)));
        assertThat(granted(decisions)).containsExactly("j-2");
    }

    @Test
    void withinATeamWhoeverHadLessComesFirst() {
        var decisions = decide(with(
                snapshot(
                        TWO_CARDS,
                        List.of(),
                        at(job("j-1", ADA, 2, HOUR), NOON.minusSeconds(600)),
                        at(job("j-2", BEN, 2, HOUR), NOON.minusSeconds(5))),
                Account.of("vision/ada").havingUsed(3),
                Account.of("vision/ben").havingUsed(1)));
        assertThat(granted(decisions)).containsExactly("j-2");
    }

    @Test
    void longWaitingOutweighsWhatOneHad() {
        var decisions = decide(with(
                snapshot(
                        TWO_CARDS,
                        List.of(),
                        at(job("j-1", ADA, 2, HOUR), NOON.minus(Duration.ofHours(30))),
                        at(job("j-2", BEN, 2, HOUR), NOON.minusSeconds(5))),
                Account.of("vision/ada").havingUsed(3),
                Account.of("vision/ben").havingUsed(1)));
        assertThat(granted(decisions)).containsExactly("j-1");
    }

    @Test
    void aResumeComesBeforeEverythingAndSpotAfter() {
        var parked = new Waiting(notebook("s-1", ADA, Mode.EXCLUSIVE), "n1", true, NOON, 0, null);
        var normal = Waiting.fresh(at(job("j-1", EVE, 1, HOUR), NOON.minusSeconds(900)));
        var spot =
                Waiting.fresh(at(on(job("j-2", BEN, 1, HOUR), Terms.job(HOUR).with(Priority.SPOT)), NOON.minus(HOUR)));
        var decisions = decide(new Snapshot(TWO_CARDS, List.of(), List.of(spot, normal, parked), List.of()));
        assertThat(granted(decisions)).containsExactly("s-1", "j-1");
    }

    @Test
    void whoGoesFirstDoesNotGetEverything() {
        // Nobody had anything, so they take turns: what was granted counts as use at once.
        var nodes = List.of(node("n1", 4, Mode.EXCLUSIVE));
        var decisions = decide(snapshot(
                nodes,
                List.of(),
                job("a-1", ADA, 1, HOUR),
                job("a-2", ADA, 1, HOUR),
                job("a-3", ADA, 1, HOUR),
                job("b-1", BEN, 1, HOUR),
                job("b-2", BEN, 1, HOUR),
                job("b-3", BEN, 1, HOUR)));
        assertThat(granted(decisions)).containsExactlyInAnyOrder("a-1", "a-2", "b-1", "b-2");
    }

    @Test
    void backfillLetsThroughWhoIsGoneInTime() {
        // j-1 wants both cards; one is free, the other for another hour. Half an hour fits in between, two do not.
        var snapshot = snapshot(
                TWO_CARDS,
                List.of(fresh("r-1", "n1/0")),
                at(job("j-1", ADA, 2, HOUR), NOON.minusSeconds(900)),
                at(job("j-2", BEN, 1, Duration.ofHours(2)), NOON.minusSeconds(800)),
                at(job("j-3", BEN, 1, Duration.ofMinutes(30)), NOON.minusSeconds(700)));
        var decisions = decide(snapshot);
        assertThat(granted(decisions)).containsExactly("j-3");
        assertThat(((Grant) of(decisions, "j-3")).backfilled()).isTrue();
        var held = (Wait) of(decisions, "j-2");
        assertThat(held.cause()).isEqualTo(Cause.HELD);
        assertThat(held.reason())
                .startsWith("waiting for a card: the free ones are kept for j-1, which has waited longer; you are 2nd");
        assertThat(((Wait) of(decisions, "j-1")).bypassed()).isEqualTo(1);
        assertThat(((Wait) of(decisions, "j-2")).bypassed()).isEqualTo(1);
    }

    @Test
    void whereNobodyKnowsTheEndRoomIsKeptOnlyForWhoWaitedTooLong() {
        var endless = lease(on(job("r-1", EVE, 1, HOUR), Terms.job(null)), NOON.minusSeconds(60), "n1", "n1/0");
        var gang = at(job("j-1", ADA, 2, HOUR), NOON.minusSeconds(900));
        var small = Waiting.fresh(at(job("j-2", BEN, 1, HOUR), NOON.minusSeconds(800)));
        var early = new Waiting(gang, null, false, gang.submitted(), 4, NOON.minusSeconds(900));
        assertThat(granted(decide(new Snapshot(TWO_CARDS, List.of(endless), List.of(early, small), List.of()))))
                .containsExactly("j-2");
        var bypassed = new Waiting(gang, null, false, gang.submitted(), 5, NOON.minusSeconds(900));
        assertThat(granted(decide(new Snapshot(TWO_CARDS, List.of(endless), List.of(bypassed, small), List.of()))))
                .isEmpty();
        var blocked = new Waiting(gang, null, false, gang.submitted(), 0, NOON.minus(Duration.ofHours(2)));
        assertThat(granted(decide(new Snapshot(TWO_CARDS, List.of(endless), List.of(blocked, small), List.of()))))
                .isEmpty();
    }

    @Test
    void whatIsGrantedAlreadyOrAsksTwiceIsNotGrantedAgain() {
        var running = fresh("j-1", "n1/0");
        var decisions = decide(snapshot(
                TWO_CARDS,
                List.of(running),
                job("j-1", EVE, 1, HOUR),
                job("j-2", ADA, 1, HOUR),
                job("j-2", ADA, 1, HOUR)));
        assertThat(granted(decisions)).containsExactly("j-2");
        assertThat(decisions).hasSize(1);
    }

    @Test
    void leasesOnANodeThatIsGoneTakeNothing() {
        var lost = lease(job("r-1", EVE, 1, HOUR), NOON, "n9", "n9/0");
        var decisions = decide(snapshot(TWO_CARDS, List.of(lost), job("j-1", ADA, 2, HOUR)));
        assertThat(granted(decisions)).containsExactly("j-1");
    }

    @Test
    void anEmptyPoolAndAnEmptyQueueAreFine() {
        assertThat(decide(snapshot(List.of(), List.of()))).isEmpty();
        assertThat(decide(snapshot(List.of(), List.of(), job("j-1", ADA, 1, HOUR))))
                .singleElement()
                .extracting(Decision::reason)
                .isEqualTo("asks for a GPU, and this pool has none");
    }

    @Test
    void theDivisionCanBeShown() {
        var due = scheduler.due(with(
                snapshot(TWO_CARDS, List.of(fresh("r-1", "n1/0")), job("j-1", ADA, 2, HOUR)),
                Account.of("vision").deserving(1000)));
        // Vision deserves 1; the other card is lent to whoever asks: speech holds one, and both weigh the same. Half a
        // card each is rounded down to none, and the whole one goes to the first by name.
        assertThat(due)
                .containsExactly(
                        new Scheduler.Due("speech", 1000, 1000, 1000, 1),
                        new Scheduler.Due("vision", 1000, 0, 2000, 0));
    }

    @Test
    void whoStartsInTurnIsNotBackfilled() {
        var decisions = decide(snapshot(
                TWO_CARDS, List.of(), job("j-1", ADA, 1, HOUR), job("j-2", ADA, 1, HOUR), job("j-3", ADA, 1, HOUR)));
        assertThat(granted(decisions)).containsExactly("j-1", "j-2");
        assertThat(decisions)
                .filteredOn(Grant.class::isInstance)
                .noneMatch(decision -> ((Grant) decision).backfilled());
    }

    @Test
    void whatIsFreeAndOfNoUseIsFragmented() {
        var slices = List.of(node("n1", 2, Mode.SLICE));
        var half = lease(slice("r-1", EVE, 500, HOUR), NOON, "n1", "n1/0");
        // 500 and 1000 thousandths are free. Nobody waits, so whole cards count: the half is of no use.
        assertThat(scheduler.fragmentation(snapshot(slices, List.of(half)))).isEqualTo(500 / 1500.0);
        assertThat(scheduler.fragmentation(snapshot(slices, List.of(half), slice("j-1", ADA, 300, HOUR))))
                .isZero();
        assertThat(scheduler.fragmentation(snapshot(List.of(), List.of()))).isZero();
    }

    @Test
    void theOrderOfTheListsDoesNotMatter() {
        var waiting = List.of(
                Waiting.fresh(job("j-1", ADA, 1, HOUR)),
                Waiting.fresh(job("j-2", EVE, 1, HOUR)),
                Waiting.fresh(job("j-3", BEN, 1, HOUR)));
        var nodes = List.of(node("n1", 1, Mode.EXCLUSIVE), node("n2", 1, Mode.EXCLUSIVE));
        var one = decide(new Snapshot(nodes, List.of(), waiting, List.of()));
        var other = decide(new Snapshot(nodes.reversed(), List.of(), waiting.reversed(), List.of()));
        assertThat(other).isEqualTo(one);
    }

    @Test
    void aParkedSessionComesBackToItsNodeOnlyAndKeepsTheRestMeanwhile() {
        var nodes = List.of(node("n1", 1, Mode.EXCLUSIVE), node("n2", 1, Mode.EXCLUSIVE));
        var needs = Needs.of(new Gpus.Whole(1), Mode.EXCLUSIVE).withHost(40_000, 64 * GB, 0);
        var parked = lease(needing(notebook("s-1", ADA, Mode.EXCLUSIVE), needs), NOON.minus(HOUR), "n1", "n1/0")
                .parked(NOON.minusSeconds(600));
        var wish = Waiting.parked(parked, true, NOON);
        // Its 40 cores are still its own: another 40 do not fit beside them, but its own card does.
        var decisions = decide(new Snapshot(
                nodes,
                List.of(parked),
                List.of(wish, Waiting.fresh(needing(job("j-1", EVE, 1, HOUR), needs))),
                List.of()));
        var grant = (Grant) of(decisions, "s-1");
        assertThat(grant.reason()).isEqualTo("comes back on node n1 with 1 GPU");
        assertThat(grant.placement().amounts().milliCpus()).isZero();
        assertThat(parked.resumed(grant.placement(), NOON).placement().amounts().milliCpus())
                .isEqualTo(40_000);
        assertThat(((Grant) of(decisions, "j-1")).placement().parts().getFirst().node())
                .isEqualTo("n2");

        var busy = lease(job("r-1", EVE, 1, HOUR), NOON.minusSeconds(60), "n1", "n1/0");
        var wait = (Wait) decide(new Snapshot(nodes, List.of(parked, busy), List.of(wish), List.of()))
                .getFirst();
        assertThat(wait.reason())
                .isEqualTo(
                        "waiting for a card of node n1, where its state is: 1 of 1 is busy; you are 1st, about 59 min");

        var gone = decide(new Snapshot(nodes.subList(1, 2), List.of(parked), List.of(wish), List.of()))
                .getFirst();
        assertThat(gone.reason()).isEqualTo("its state lay in the memory of node n1, which is gone");
    }

    @Test
    void aLimitHoldsForComingBackToo() {
        var parked = lease(notebook("s-1", ADA, Mode.EXCLUSIVE), NOON.minus(HOUR), "n1", "n1/0")
                .parked(NOON);
        var other = lease(notebook("s-2", ADA, Mode.EXCLUSIVE), NOON, "n1", "n1/1");
        var decisions = decide(new Snapshot(
                TWO_CARDS,
                List.of(parked, other),
                List.of(Waiting.parked(parked, true, NOON)),
                List.of(Account.of("vision/ada").with(Limits.gpus(1).withSessions(2)))));
        assertThat(decisions)
                .singleElement()
                .extracting(Decision::reason)
                .isEqualTo("you may use 1 GPU, 1 is in use; ask a manager or stop s-2");
    }
}

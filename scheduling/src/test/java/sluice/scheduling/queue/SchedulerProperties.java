package sluice.scheduling.queue;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static sluice.scheduling.Pools.NOON;
import static sluice.scheduling.Pools.at;
import static sluice.scheduling.Pools.job;
import static sluice.scheduling.Pools.node;
import static sluice.scheduling.Pools.on;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import sluice.scheduling.Account;
import sluice.scheduling.Decision;
import sluice.scheduling.Decision.Grant;
import sluice.scheduling.Lease;
import sluice.scheduling.Mode;
import sluice.scheduling.Owner;
import sluice.scheduling.Snapshot;
import sluice.scheduling.Snapshot.Waiting;
import sluice.scheduling.Terms;

class SchedulerProperties {
    private static final Duration HOUR = Duration.ofHours(1);

    private final Scheduler scheduler = new Scheduler(Policy.USUAL);

    @Property(tries = 60)
    void nothingIsLetOutTwiceAndNobodyIsSentAwayWhoMustNotBe(@ForAll @LongRange(min = 0) long seed) {
        var town = new Town(seed);
        for (int cycle = 0; cycle < 40; cycle++) {
            town.arrive(town.random.nextInt(5));
            var snapshot = town.snapshot();
            var decisions = scheduler.decide(snapshot, town.now);
            everybodyIsToldOnce(snapshot, decisions);
            for (var decision : decisions) mayHappen(town, decision);
            long adaBefore = held(snapshot.leases(), "ada");
            town.carryOut(decisions);
            assertThat(town.overcommitted()).isEmpty();
            // A limit of 6 GPUs; what is held already may exceed nothing here, for it was granted under the same limit.
            assertThat(held(List.copyOf(town.leases.values()), "ada")).isLessThanOrEqualTo(Math.max(6000, adaBefore));
            town.pass(Duration.ofMinutes(1 + town.random.nextInt(20)), 0.1);
        }
    }

    private static long held(List<Lease> leases, String user) {
        return leases.stream()
                .filter(lease -> lease.demand().owner().user().equals(user))
                .mapToLong(lease -> lease.placement().amounts().milliGpus())
                .sum();
    }

    private static void everybodyIsToldOnce(Snapshot snapshot, List<Decision> decisions) {
        var told = new HashSet<String>();
        for (var decision : decisions) {
            assertThat(told.add(decision.id())).as("once: %s", decision).isTrue();
            assertThat(decision.reason()).isNotBlank().doesNotContain("null");
        }
        assertThat(told)
                .containsAll(snapshot.waiting().stream()
                        .map(waiting -> waiting.demand().id())
                        .toList());
    }

    private static void mayHappen(Town town, Decision decision) {
        var lease = town.leases.get(decision.id());
        if (lease == null || decision instanceof Grant || decision instanceof Decision.Wait) return;
        var terms = lease.demand().terms();
        assertThat(lease.since().plus(terms.minRuntime())).as("%s", decision).isBeforeOrEqualTo(town.now);
        switch (decision) {
            case Decision.Suspend _ -> assertThat(terms.suspendable()).isTrue();
            case Decision.Evict _ -> {
                var warned = lease.warned();
                boolean notice =
                        warned != null && !warned.plus(Policy.USUAL.notice()).isAfter(town.now);
                assertThat(terms.preemptible() || notice)
                        .as("%s of %s", decision, lease)
                        .isTrue();
            }
            case Decision.Warn warn -> assertThat(warn.due()).isEqualTo(town.now.plus(Policy.USUAL.notice()));
            default -> throw new AssertionError(decision + " about a lease");
        }
    }

    @Property(tries = 40)
    void everybodyWhoCanStartStartsWhenOthersFinish(@ForAll @LongRange(min = 0) long seed) {
        var town = new Town(seed);
        town.arrive(60);
        int cycles = 0;
        while (!town.waiting.isEmpty()) {
            town.carryOut(scheduler.decide(town.snapshot(), town.now));
            town.pass(Duration.ofMinutes(10), 0.2);
            assertThat(++cycles).as("still waiting: %s", town.waiting.values()).isLessThan(2000);
        }
    }

    /// Small jobs keep coming, enough to fill the pool for ever; the gang starts all the same.
    @Property(tries = 15)
    void aGangIsNotStarvedByAStreamOfSmallJobs(@ForAll @LongRange(min = 0) long seed, @ForAll boolean ends) {
        var random = new Random(seed);
        var nodes = List.of(node("n1", 4, Mode.EXCLUSIVE));
        var owners = List.of(new Owner("vision", "ada"), new Owner("speech", "eve"));
        var gang = Waiting.fresh(job("gang", new Owner("robots", "zoe"), 4, HOUR));
        var waiting = new HashMap<String, Waiting>();
        waiting.put("gang", gang);
        var leases = new HashMap<String, Lease>();
        var now = NOON;
        for (int cycle = 0; cycle < 400; cycle++) {
            for (int i = 0; i < 2; i++) {
                var wall = ends ? Duration.ofMinutes(10 + random.nextInt(50)) : null;
                var small = at(job("j-" + cycle + "-" + i, owners.get(random.nextInt(2)), 1, HOUR), now);
                small = on(small, Terms.job(wall));
                waiting.put(small.id(), Waiting.fresh(small));
            }
            var decisions = scheduler.decide(
                    new Snapshot(nodes, List.copyOf(leases.values()), List.copyOf(waiting.values()), List.of()), now);
            for (var decision : decisions) {
                if (decision instanceof Grant(var id, var placement, var _, var _)) {
                    leases.put(
                            id, Lease.granted(requireNonNull(waiting.remove(id)).demand(), placement, now));
                } else if (decision instanceof Decision.Wait wait) {
                    waiting.put(
                            wait.id(), requireNonNull(waiting.get(wait.id())).after(wait));
                } else if (decision instanceof Decision.Evict(var id, var _, var _)) {
                    waiting.put(
                            id, Waiting.fresh(requireNonNull(leases.remove(id)).demand()));
                }
            }
            if (leases.containsKey("gang")) return;
            now = now.plusSeconds(300);
            var then = now;
            leases.values()
                    .removeIf(lease -> lease.ends() != null ? !lease.ends().isAfter(then) : random.nextInt(6) == 0);
        }
        throw new AssertionError("the gang still waits: " + waiting.get("gang"));
    }

    /// Equal cards, equal jobs, two teams. However much each asks for, whoever is below what they deserve is
    /// served before whoever is above it.
    @Property(tries = 200)
    void whatATeamDeservesItGetsBeforeAnotherBorrows(
            @ForAll @IntRange(max = 12) int vision,
            @ForAll @IntRange(max = 12) int speech,
            @ForAll @IntRange(max = 8) int deserves,
            @ForAll @IntRange(max = 4) int recent) {
        var waiting = new ArrayList<Waiting>();
        for (int i = 0; i < vision; i++) waiting.add(Waiting.fresh(job("v-" + i, new Owner("vision", "ada"), 1, HOUR)));
        for (int i = 0; i < speech; i++) waiting.add(Waiting.fresh(job("s-" + i, new Owner("speech", "eve"), 1, HOUR)));
        var nodes = List.of(node("n1", 8, Mode.EXCLUSIVE));
        var decisions = scheduler.decide(
                new Snapshot(
                        nodes,
                        List.of(),
                        waiting,
                        List.of(
                                Account.of("vision").deserving(deserves * 1000L).havingUsed(recent),
                                Account.of("speech").deserving((8 - deserves) * 1000L))),
                NOON);
        long toVision = decisions.stream()
                .filter(each -> each instanceof Grant && each.id().startsWith("v"))
                .count();
        long toSpeech = decisions.stream()
                .filter(each -> each instanceof Grant && each.id().startsWith("s"))
                .count();
        assertThat(toVision).isGreaterThanOrEqualTo(Math.min(deserves, vision));
        assertThat(toSpeech).isGreaterThanOrEqualTo(Math.min(8 - deserves, speech));
        // And no card stays idle while anybody waits.
        assertThat(toVision + toSpeech).isEqualTo(Math.min(8, vision + speech));
    }

    @Property(tries = 60)
    void theSameSnapshotGivesTheSameDecisions(@ForAll @LongRange(min = 0) long seed) {
        var town = new Town(seed);
        for (int cycle = 0; cycle < 6; cycle++) {
            town.arrive(8);
            var snapshot = town.snapshot();
            var decisions = scheduler.decide(snapshot, town.now);
            assertThat(new Scheduler(Policy.USUAL).decide(snapshot, town.now)).isEqualTo(decisions);
            assertThat(scheduler.decide(shuffled(snapshot, seed), town.now))
                    .containsExactlyInAnyOrderElementsOf(decisions);
            town.carryOut(decisions);
            town.pass(Duration.ofMinutes(15), 0.1);
        }
    }

    private static Snapshot shuffled(Snapshot snapshot, long seed) {
        return new Snapshot(
                shuffled(snapshot.nodes(), seed),
                shuffled(snapshot.leases(), seed),
                shuffled(snapshot.waiting(), seed),
                shuffled(snapshot.accounts(), seed));
    }

    private static <T> List<T> shuffled(List<T> list, long seed) {
        var copy = new ArrayList<>(list);
        Collections.shuffle(copy, new Random(seed));
        return copy;
    }
}

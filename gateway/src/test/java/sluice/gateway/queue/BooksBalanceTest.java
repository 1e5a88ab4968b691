package sluice.gateway.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.gateway.ledger.AccountName;
import sluice.gateway.ledger.Allowance;
import sluice.gateway.ledger.LeaseRow;
import sluice.gateway.ledger.LeaseRow.State;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Role;
import sluice.gateway.people.TeamRole;
import sluice.gateway.queue.Dispatcher.Answer;
import sluice.scheduling.Amounts;
import sluice.scheduling.Gpus;

/// Whatever happens in whatever order, the books balance: what is held was granted within the limits of that moment, no
/// card is given twice, the database says what the memory says, and the seconds in the ledger are those of the leases.
class BooksBalanceTest {
    private static final List<String> TEAMS = List.of("vision", "speech");
    private static final List<String> PEOPLE = List.of("ada", "ben", "eve");
    private static final List<Gpus> WISHES = List.of(
            new Gpus.None(),
            new Gpus.Fraction(250),
            new Gpus.Fraction(700),
            new Gpus.Whole(1),
            new Gpus.Whole(2),
            new Gpus.Memory(20L << 30));

    /// Some that stay, and some that are new each time.
    static List<Long> seeds() {
        var seeds = new ArrayList<>(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L));
        var random = new Random();
        for (int i = 0; i < 4; i++) seeds.add(random.nextLong());
        return seeds;
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theBooksBalanceWhateverHappens(long seed) throws InterruptedException {
        new Story(new Counter("simulated:4x80GiB"), new Random(seed)).tell(120);
    }

    private static final class Story {
        private final Counter counter;
        private final Random random;

        /// Sessions that run on the node, whatever the books say.
        private final Set<String> alive = new TreeSet<>();

        /// What was allowed when the last grant was made, by account.
        private final Map<String, Long> most = new HashMap<>();

        private String did = "";

        Story(Counter counter, Random random) {
            this.counter = counter;
            this.random = random;
            for (var team : TEAMS) counter.teams.create(team, null);
            for (var person : PEOPLE) {
                var user = counter.users.create(person, null, Role.USER);
                for (var team : TEAMS) counter.teams.put(counter.teams.get(team), user, TeamRole.MEMBER);
            }
        }

        void tell(int steps) throws InterruptedException {
            for (int step = 0; step < steps; step++) {
                happen();
                counter.clock.pass(Duration.ofMillis(random.nextInt(1, 400_000)));
                startThoseWhoseTurnItIs();
                balance();
            }
            for (var held : counter.dispatcher.held()) counter.dispatcher.release(held.session(), "the end", -1);
            for (var waits : counter.dispatcher.queue()) counter.dispatcher.release(waits.session(), "the end", -1);
            balance();
            assertThat(counter.leases.live()).isEmpty();
            assertThat(new InUse(counter.dispatcher.held()).of("")).isEqualTo(Amounts.ZERO);
        }

        private void happen() throws InterruptedException {
            switch (random.nextInt(20)) {
                case 0, 1, 2, 3, 4, 5, 6 -> ask();
                case 7, 8, 9, 10, 11 -> end();
                case 12, 13 -> cycle();
                case 14 -> limit();
                case 15 -> restart();
                case 16 -> vanish();
                case 17 -> cards();
                default -> round();
            }
        }

        private void ask() throws InterruptedException {
            var demand = counter.demand(one(TEAMS), one(PEOPLE), one(WISHES));
            did = "ask for %s by %s".formatted(demand.needs().gpus(), demand.owner());
            try {
                var answer = counter.ask(demand, random.nextInt(4) == 0 ? null : "{}");
                if (answer instanceof Answer.Granted) starts(demand.id());
            } catch (Refused refused) {
                did += ": " + refused.reason();
            } catch (sluice.gateway.fleet.Nodes.NodeAway away) {
                did += ": away";
            }
        }

        /// Or does not: a start can fail.
        private void starts(String session) {
            if (random.nextInt(8) == 0) {
                counter.dispatcher.release(session, "it did not start", -1);
                return;
            }
            alive.add(session);
            counter.dispatcher.started(session);
        }

        private void startThoseWhoseTurnItIs() {
            // What was decided is passed on by another thread.
            for (var held : counter.dispatcher.held()) if (held.step() == Held.Step.STARTING) starts(held.session());
        }

        private void end() {
            var all = new ArrayList<String>();
            counter.dispatcher.held().forEach(held -> all.add(held.session()));
            counter.dispatcher.queue().forEach(waits -> all.add(waits.session()));
            if (all.isEmpty()) return;
            var session = one(all);
            did = "end of " + session;
            alive.remove(session);
            counter.dispatcher.release(session, "it ended", random.nextInt(100_000));
            if (random.nextBoolean()) counter.dispatcher.release(session, "it ended twice", -1);
        }

        private void cycle() throws InterruptedException {
            did = "cycle";
            counter.dispatcher.cycle();
        }

        private void limit() {
            var account =
                    random.nextBoolean() ? AccountName.team(one(TEAMS)) : AccountName.person(one(TEAMS), one(PEOPLE));
            var gpus = random.nextBoolean() ? null : (long) random.nextInt(4) * 1000;
            did = "limit of %s: %s".formatted(account.id(), gpus);
            counter.quotas.put(account, new Allowance(gpus, null, null, null, null, null, null, 0, 1), null, "root");
        }

        private void restart() {
            did = "restart";
            counter.restart();
            counter.dispatcher.agree(counter.running(List.copyOf(alive)), counter.clock.now);
        }

        /// Kernels die unseen, or the node is lost for good.
        private void vanish() {
            did = "vanish";
            if (random.nextInt(3) == 0) {
                alive.clear();
                counter.dispatcher.lost("its node is gone");
                return;
            }
            alive.removeIf(session -> random.nextInt(3) == 0);
            counter.clock.pass(Duration.ofSeconds(1));
            counter.dispatcher.agree(counter.running(List.copyOf(alive)), counter.clock.now);
        }

        private void cards() {
            did = "the node is " + (counter.nodes.away ? "back" : "away");
            counter.nodes.away = !counter.nodes.away;
        }

        private void round() {
            did = "reckoning";
            counter.dispatcher.reckon(session -> random.nextInt(4) == 0 ? -1 : random.nextInt(1_000_000));
        }

        private <T> T one(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        // ---- what must hold

        private void balance() {
            var held = counter.dispatcher.held();
            var cards = new HashMap<String, Integer>();
            for (var each : held)
                for (var part : each.lease().placement().parts())
                    for (var share : part.shares()) cards.merge(share.card(), share.milli(), Integer::sum);
            assertThat(cards.values()).as(did).allMatch(milli -> milli <= 1000);

            limits(held);
            var live = new HashSet<String>();
            for (var row : counter.leases.live()) {
                live.add(row.session());
                assertThat(row.placement() != null).as(did).isEqualTo(row.state() != State.QUEUED);
            }
            var known = new HashSet<String>();
            held.forEach(each -> known.add(each.session()));
            counter.dispatcher.queue().forEach(each -> known.add(each.session()));
            assertThat(live).as(did).isEqualTo(known);

            seconds();
        }

        /// What is held beyond a limit was held before that was lowered: it never grows.
        private void limits(List<Held> held) {
            var use = new InUse(held);
            for (var quota : counter.quotas.all()) {
                var id = quota.account().id();
                var limit = quota.allowance().milliGpus();
                long now = use.of(id).milliGpus();
                long allowed = limit == null ? Long.MAX_VALUE : Math.max(limit, most.getOrDefault(id, Long.MAX_VALUE));
                assertThat(now).as("%s after %s", id, did).isLessThanOrEqualTo(allowed);
                most.put(id, now);
            }
        }

        private void seconds() {
            long ofHours =
                    counter.jdbi.withHandle(db -> db.createQuery("SELECT COALESCE(SUM(allocated), 0) FROM usage_hour")
                            .mapTo(Long.class)
                            .one());
            long ofLeases = 0;
            for (var row : counter.leases.history(null, Long.MAX_VALUE, 1000)) {
                ofLeases += row.use().allocated();
                assertThat(row.use().busy()).as(did).isBetween(0L, row.use().allocated());
                if (row.state() == State.RELEASED && row.granted() != null)
                    assertThat(row.use().allocated()).as(did).isEqualTo(integral(row));
            }
            assertThat(ofHours).as(did).isEqualTo(ofLeases);
        }

        private static long integral(LeaseRow row) {
            var from = java.util.Objects.requireNonNull(row.granted()).truncatedTo(ChronoUnit.MILLIS);
            var to = java.util.Objects.requireNonNull(row.released()).truncatedTo(ChronoUnit.MILLIS);
            return Duration.between(from, to).toMillis() * row.milliGpus();
        }
    }
}

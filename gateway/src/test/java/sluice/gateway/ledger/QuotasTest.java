package sluice.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Role;
import sluice.gateway.people.TeamRole;
import sluice.gateway.people.Teams;
import sluice.gateway.people.Users;
import sluice.migrations.ScratchDatabase;
import sluice.scheduling.Account;
import sluice.scheduling.Limits;

class QuotasTest {
    static final ScratchDatabase SCRATCH = ScratchDatabase.create();
    static final Jdbi JDBI = SCRATCH.database().jdbi();
    static final Clock CLOCK = Clock.systemUTC();
    static final Users users = new Users(JDBI, CLOCK);
    static final AccountName VISION = AccountName.team("vision");
    static final AccountName ADA = AccountName.person("vision", "ada");

    final Teams teams = new Teams(JDBI, CLOCK);
    final Quotas quotas = new Quotas(JDBI, CLOCK, users, teams);

    @AfterAll
    static void close() {
        SCRATCH.close();
    }

    @BeforeEach
    void visionWithAdaAndBen() {
        JDBI.useHandle(db -> db.execute("DELETE FROM quota"));
        for (var name : List.of("ada", "ben", "eve"))
            if (users.find(name).isEmpty()) users.create(name, null, Role.USER);
        for (var team : teams.list()) teams.delete(team.name());
        var vision = teams.create("vision", null);
        teams.put(vision, users.get("ada"), TeamRole.MEMBER);
        teams.put(vision, users.get("ben"), TeamRole.MANAGER);
    }

    static Allowance gpus(long milli) {
        return new Allowance(milli, null, null, null, null, null, null, 0, 1);
    }

    @Test
    void whatNobodySetIsUnlimited() {
        assertThat(quotas.all()).isEmpty();
        assertThat(quotas.accounts()).isEmpty();
        for (var account : List.of(AccountName.POOL, VISION, ADA, AccountName.team("default"))) {
            var quota = quotas.get(account);
            assertThat(quota.version()).isZero();
            assertThat(quota.allowance()).isEqualTo(Allowance.UNLIMITED);
            assertThat(quota.asAccount()).isEqualTo(Account.of(account.id()));
        }
    }

    @Test
    void whatIsSetIsReadBackAndReachesTheScheduler() {
        var set = new Allowance(500L, 1L << 36, 1500L, 2L, 3L, 4L, 5.5, 2000, 2.5);
        var written = quotas.put(VISION, set, null, "eve");
        assertThat(quotas.get(VISION)).isEqualTo(written);
        assertThat(written.allowance()).isEqualTo(set);
        assertThat(written.changedBy()).isEqualTo("eve");
        quotas.put(AccountName.POOL, gpus(8000), null, "eve");
        quotas.put(ADA, gpus(1000), null, "ben");
        assertThat(quotas.all()).extracting(quota -> quota.account().id()).containsExactly("", "vision", "vision/ada");
        var accounts = quotas.accounts();
        assertThat(accounts.get(0).limits()).isEqualTo(Limits.gpus(8));
        var vision = accounts.get(1);
        assertThat(vision.id()).isEqualTo("vision");
        assertThat(vision.deserved()).isEqualTo(2000);
        assertThat(vision.weight()).isEqualTo(2.5);
        assertThat(vision.limits().gpuHours()).isEqualTo(5.5);
        assertThat(vision.limits().most().gpuBytes()).isEqualTo(1L << 36);
        assertThat(vision.limits().most().sessions()).isEqualTo(4);
    }

    @Test
    void whoSawAnOldQuotaIsToldWhatItIsNow() {
        var seen = quotas.put(VISION, gpus(2000), 0L, "ada");
        var now = quotas.put(VISION, gpus(4000), seen.version(), "eve");
        assertThat(now.version()).isGreaterThan(seen.version());
        assertThatThrownBy(() -> quotas.put(VISION, gpus(3000), seen.version(), "ada"))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.kind()).isEqualTo(Refused.Kind.PRECONDITION_FAILED))
                .hasMessageMatching("Somebody else changed it meanwhile: team vision now has 4 GPUs "
                        + "\\(changed by eve, \\d+ s ago\\); look and try again");
        assertThatThrownBy(() -> quotas.put(VISION, gpus(3000), 0L, "ada")).hasMessageContaining("now has 4 GPUs");
        assertThatThrownBy(() -> quotas.remove(VISION, seen.version())).hasMessageContaining("now has 4 GPUs");
        assertThat(quotas.get(VISION)).isEqualTo(now);
        quotas.remove(VISION, now.version());
        assertThatThrownBy(() -> quotas.put(VISION, gpus(3000), now.version(), "ada"))
                .hasMessageContaining("team vision now has no quota of its own");
        assertThatThrownBy(() -> quotas.remove(VISION, null)).hasMessageContaining("There is no quota for team vision");
    }

    @Test
    void aQuotaThatWasRemovedAndMadeAgainIsNotTheOneBefore() {
        var first = quotas.put(VISION, gpus(1000), 0L, "eve");
        quotas.remove(VISION, null);
        var second = quotas.put(VISION, gpus(2000), 0L, "eve");
        assertThat(second.version()).isGreaterThan(first.version());
        assertThatThrownBy(() -> quotas.put(VISION, gpus(3000), first.version(), "ada"))
                .isInstanceOf(Refused.class);
    }

    @Test
    void ofTwoAdministratorsOnOneQuotaExactlyOneWinsEachVersion() throws Exception {
        int rounds = 25;
        int admins = 4;
        try (var threads = Executors.newFixedThreadPool(admins)) {
            for (int round = 0; round < rounds; round++) {
                // The first round races for a quota that is not there yet.
                var seen = quotas.get(VISION);
                var won = race(threads, admins, admin -> quotas.put(VISION, gpus(admin), seen.version(), "admin"));
                assertThat(won).as("winners of version %d", seen.version()).hasSize(1);
                assertThat(quotas.get(VISION)).isEqualTo(won.getFirst());
            }
        }
    }

    @Test
    void withoutAVersionEverybodyWritesAndTheLastWriteStays() throws Exception {
        int admins = 4;
        var versions = new HashSet<Long>();
        try (var threads = Executors.newFixedThreadPool(admins)) {
            for (int round = 0; round < 10; round++) {
                var won = race(threads, admins, admin -> quotas.put(VISION, gpus(admin), null, "admin"));
                assertThat(won).hasSize(admins);
                won.forEach(quota -> assertThat(versions.add(quota.version())).isTrue());
                assertThat(won).contains(quotas.get(VISION));
            }
        }
    }

    interface Try {
        Quota by(long admin);
    }

    /// All at once; what those wrote who were not refused.
    private static List<Quota> race(ExecutorService threads, int admins, Try attempt) throws Exception {
        var start = new CyclicBarrier(admins);
        var tries = new ArrayList<Future<@Nullable Quota>>();
        for (long admin = 1; admin <= admins; admin++) {
            long number = admin;
            tries.add(threads.submit((Callable<@Nullable Quota>) () -> {
                start.await();
                try {
                    return attempt.by(number * 1000);
                } catch (Refused lost) {
                    assertThat(lost.kind()).isEqualTo(Refused.Kind.PRECONDITION_FAILED);
                    return null;
                }
            }));
        }
        var won = new ArrayList<Quota>();
        for (var each : tries) {
            var quota = each.get();
            if (quota != null) won.add(quota);
        }
        return won;
    }

    @Test
    void aQuotaGoesWithItsTeamAndWithAMembership() {
        var other = teams.create("vision0", null); // what follows `vision/` in the order of names
        var told = new AtomicInteger();
        quotas.put(VISION, gpus(1), null, "eve");
        quotas.put(ADA, gpus(1), null, "eve");
        quotas.put(AccountName.team(other.name()), gpus(1), null, "eve");
        quotas.put(AccountName.person("vision", "ben"), gpus(1), null, "eve");
        quotas.put(AccountName.person("default", "ada"), gpus(1), null, "eve");
        quotas.onChange(() -> told.addAndGet(quotas.all().size()));
        teams.remove(teams.get("vision"), users.get("ben"));
        assertThat(told).hasValue(4);
        teams.delete("vision");
        assertThat(told).hasValue(4 + 2);
        assertThat(quotas.all()).extracting(quota -> quota.account().id()).containsExactly("default/ada", "vision0");
        assertThatThrownBy(() -> quotas.get(VISION)).hasMessageContaining("no team");
    }

    @Test
    void noQuotaIsLeftBehindByATeamThatGoesWhileItIsSet() throws Exception {
        try (var threads = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 20; round++) {
                if (teams.list().isEmpty()) visionWithAdaAndBen();
                var start = new CyclicBarrier(2);
                var setting = threads.submit(() -> {
                    start.await();
                    try {
                        return quotas.put(ADA, gpus(1000), null, "eve");
                    } catch (Refused late) {
                        assertThat(late.kind()).isEqualTo(Refused.Kind.NOT_FOUND);
                        return null;
                    }
                });
                start.await();
                teams.delete("vision");
                setting.get();
                assertThat(quotas.all()).isEmpty();
            }
        }
    }

    @Test
    void listenersHearOfEachChangeAndOneThatFailsHarmsNobody() {
        var heard = new AtomicInteger();
        quotas.onChange(() -> {
            throw new IllegalStateException("a listener that fails");
        });
        quotas.onChange(heard::incrementAndGet);
        quotas.put(VISION, gpus(1), null, "eve");
        assertThat(heard).hasValue(1);
        assertThatThrownBy(() -> quotas.put(VISION, gpus(2), 0L, "eve")).isInstanceOf(Refused.class);
        assertThat(heard).hasValue(1);
        quotas.remove(VISION, null);
        assertThat(heard).hasValue(2);
    }

    static Stream<Arguments> nobodys() {
        return Stream.of(
                Arguments.of(AccountName.team("nlp"), "There is no team \"nlp\""),
                Arguments.of(AccountName.team("../x"), "There is no team \"../x\""),
                Arguments.of(AccountName.person("vision", "nobody"), "There is no user \"nobody\""),
                Arguments.of(AccountName.person("vision", "eve"), "eve is not in the team vision"),
                Arguments.of(AccountName.person("default", "nobody"), "There is no user \"nobody\""));
    }

    @ParameterizedTest
    @MethodSource("nobodys")
    void anAccountThatIsNobodysIsNamed(AccountName account, String why) {
        assertThatThrownBy(() -> quotas.get(account)).hasMessage(why);
        assertThatThrownBy(() -> quotas.put(account, gpus(1), null, "eve")).hasMessage(why);
        assertThatThrownBy(() -> quotas.put(account, gpus(1), 7L, "eve")).hasMessage(why);
    }

    @Test
    void onlyATeamHasDeservedGpusAndThePoolHasNoWeight() {
        var deserving = new Allowance(null, null, null, null, null, null, null, 1000, 1);
        var heavy = new Allowance(null, null, null, null, null, null, null, 0, 2);
        quotas.put(VISION, deserving, null, "eve");
        quotas.put(ADA, heavy, null, "eve");
        assertThatThrownBy(() -> quotas.put(ADA, deserving, null, "eve")).hasMessageContaining("Only a team");
        assertThatThrownBy(() -> quotas.put(AccountName.POOL, deserving, null, "eve"))
                .hasMessageContaining("Only a team");
        assertThatThrownBy(() -> quotas.put(AccountName.POOL, heavy, null, "eve"))
                .hasMessageContaining("no weight");
    }

    @Test
    void theNameOfTheDefaultTeamIsTaken() {
        assertThatThrownBy(() -> teams.create("default", null)).hasMessageContaining("in no team");
        quotas.put(AccountName.team("default"), gpus(1000), null, "eve");
        quotas.put(AccountName.person("default", "eve"), gpus(1000), null, "eve");
        assertThat(quotas.all()).hasSize(2);
    }

    @Test
    void aQuotasAgeIsTold() {
        quotas.put(VISION, gpus(4000), null, "eve");
        var later = new Quotas(
                JDBI,
                Clock.fixed(Instant.now().plus(Duration.ofMinutes(2)), ZoneOffset.UTC),
                users,
                new Teams(JDBI, CLOCK));
        assertThatThrownBy(() -> later.put(VISION, gpus(3000), 0L, "ada")).hasMessageContaining("2 min ago");
    }
}

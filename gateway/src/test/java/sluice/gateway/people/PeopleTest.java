package sluice.gateway.people;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.migrations.ScratchDatabase;

class PeopleTest {
    static final ScratchDatabase SCRATCH = ScratchDatabase.create();
    static final Jdbi JDBI = SCRATCH.database().jdbi();
    static final Users users = new Users(JDBI, Clock.systemUTC());

    /// A clock that stands still until it is told to go on.
    static final class SetClock extends Clock {
        volatile Instant now = Instant.parse("2026-11-23T08:00:00.123456Z");

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

    final SetClock clock = new SetClock();
    final Revocations revocations = new Revocations(JDBI, clock);
    final Tokens tokens = new Tokens(JDBI, clock, revocations);

    @AfterAll
    static void close() {
        SCRATCH.close();
    }

    User user(String name) {
        return users.find(name).orElseGet(() -> users.create(name, null, Role.USER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "Ada", "1ada", "-rf", "a/b", "../root", "a\nb", "ä", "a b", "a.b", "admin\u202e"})
    void aNameThatCouldBeMistakenIsRefused(String name) {
        assertThatThrownBy(() -> users.create(name, null, Role.USER)).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> users.create("x".repeat(33), null, Role.USER)).isInstanceOf(Refused.class);
    }

    @Test
    void aNameIsGivenOnce() {
        user("twice");
        assertThatThrownBy(() -> users.create("twice", null, Role.USER)).hasMessageContaining("already");
    }

    @Test
    void theLastAdministratorStays() {
        users.create("boss", null, Role.ADMIN);
        assertThatThrownBy(() -> users.change("boss", Role.USER, false)).hasMessageContaining("last administrator");
        assertThatThrownBy(() -> users.change("boss", Role.ADMIN, true)).hasMessageContaining("last administrator");
        users.create("deputy", null, Role.ADMIN);
        assertThat(users.change("boss", Role.USER, false).role()).isEqualTo(Role.USER);
        users.change("boss", Role.ADMIN, false);
    }

    @Test
    void aTokenIsNowhereInTheDatabase() {
        var secret = tokens.issue(user("ada"), "laptop", null).secret();
        assertThat(secret).matches("slu_[a-z0-9]{40}");
        // What jupyter_server does to a gateway's address must leave it whole.
        assertThat(secret.toLowerCase(java.util.Locale.ROOT).replace("http", "ws"))
                .isEqualTo(secret);
        var stored = JDBI.withHandle(
                db -> db.createQuery("SELECT * FROM access_token").mapToMap().list());
        assertThat(stored.toString()).doesNotContain(secret.substring(8));
        assertThat(tokens.of("ada")).anySatisfy(token -> assertThat(secret).startsWith(token.prefix()));
        assertThat(tokens.prove(secret))
                .hasValueSatisfying(who -> assertThat(who.name()).isEqualTo("ada"));
        assertThat(tokens.prove(secret.substring(0, 43) + (secret.endsWith("0") ? "1" : "0")))
                .isEmpty();
    }

    @Test
    void aTokenEndsWhenItIsRevokedAndThoseWhoListenAreTold() {
        var told = new CopyOnWriteArrayList<Long>();
        revocations.onRevoked(told::add);
        var issued = tokens.issue(user("ada"), "t", null);
        assertThat(tokens.prove(issued.secret())).isPresent();
        assertThat(tokens.remembered(issued.secret())).isPresent();
        tokens.revoke(issued.token().id());
        assertThat(tokens.remembered(issued.secret())).isEmpty();
        assertThat(tokens.remembered(issued.token().id())).isEmpty();
        assertThat(tokens.prove(issued.secret())).isEmpty();
        assertThat(told).containsExactly(issued.token().id());
    }

    @Test
    void aTokenEndsAtItsTimeAlsoWhereItIsRemembered() {
        var told = new CopyOnWriteArrayList<Long>();
        revocations.onRevoked(told::add);
        var issued = tokens.issue(user("ada"), "t", clock.now.plusSeconds(60));
        var since = clock.now;
        assertThat(tokens.prove(issued.secret())).isPresent();
        clock.now = clock.now.plusSeconds(60);
        assertThat(tokens.remembered(issued.secret())).isEmpty();
        assertThat(tokens.prove(issued.secret())).isEmpty();
        revocations.look(since);
        revocations.look(clock.now);
        assertThat(told).containsOnlyOnce(issued.token().id());
    }

    @Test
    void whatAnotherProgramRevokesIsSeen() {
        var told = new HashSet<Long>();
        revocations.onRevoked(told::add);
        var one = tokens.issue(user("ada"), "t", null);
        var two = tokens.issue(user("gone"), "t", null);
        tokens.prove(one.secret());
        var elsewhere = new Tokens(JDBI, clock, new Revocations(JDBI, clock));
        elsewhere.revoke(one.token().id());
        new Users(JDBI, clock).change("gone", Role.USER, true);
        revocations.look(clock.now);
        assertThat(told).contains(one.token().id(), two.token().id());
        assertThat(tokens.remembered(one.secret())).isEmpty();
    }

    @Test
    void useIsNotedOnceAMinute() {
        var issued = tokens.issue(user("ada"), "t", null);
        var first = clock.now;
        tokens.prove(issued.secret());
        clock.now = clock.now.plusSeconds(30);
        tokens.prove(issued.secret());
        assertThat(tokens.get(issued.token().id()).lastUsedAt()).isEqualTo(first);
        clock.now = clock.now.plusSeconds(31);
        tokens.prove(issued.secret());
        assertThat(tokens.get(issued.token().id()).lastUsedAt()).isEqualTo(clock.now);
    }

    @Test
    void theFirstRunMakesAnAdministratorAndKeepsTheTokenForItsOwnerAlone(@TempDir Path folder) throws IOException {
        try (var fresh = ScratchDatabase.create()) {
            var db = fresh.database().jdbi();
            var freshUsers = new Users(db, clock);
            var freshTokens = new Tokens(db, clock, new Revocations(db, clock));
            var file = folder.resolve("admin.token");
            var first = new FirstRun(freshUsers, freshTokens, file);
            var token = first.adminToken().orElseThrow();
            assertThat(freshTokens.prove(token).map(Principal::role)).contains(Role.ADMIN);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(Files.readString(file).strip()).isEqualTo(token);
            assertThat(first.adminToken()).contains(token);

            Files.delete(file);
            assertThat(first.adminToken()).isPresent().isNotEqualTo(Optional.of(token));
            Files.writeString(file, "nonsense");
            var third = first.adminToken().orElseThrow();
            assertThat(freshTokens.prove(third)).isPresent();
            freshTokens.revoke(freshTokens.prove(third).orElseThrow().tokenId());
            assertThat(first.adminToken()).isPresent().isNotEqualTo(Optional.of(third));
            assertThat(Files.list(folder)).containsExactly(file);
        }
    }

    @Test
    void aDisabledAdministratorIsNotLetInAgainByAStart(@TempDir Path folder) {
        try (var fresh = ScratchDatabase.create()) {
            var db = fresh.database().jdbi();
            var freshUsers = new Users(db, clock);
            var first = new FirstRun(
                    freshUsers, new Tokens(db, clock, new Revocations(db, clock)), folder.resolve("admin.token"));
            first.adminToken();
            freshUsers.create("other", null, Role.ADMIN);
            freshUsers.change("admin", Role.ADMIN, true);
            assertThat(first.adminToken()).isEmpty();
        }
    }

    @Test
    void theKeyOfCookiesStaysTheSame() {
        var one = new Secrets(JDBI, clock).cookieKey();
        assertThat(new Secrets(JDBI, clock).cookieKey()).isEqualTo(one).hasSize(32);
    }

    @Test
    void anAuditLineIsNeverChanged() throws InterruptedException {
        var audit = new Audit(JDBI, clock);
        audit.record("ada\r\nroot", "kernel.start", "x".repeat(1000), "127.0.0.1", "ok");
        var deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (audit.read(Long.MAX_VALUE, 1).isEmpty() && System.nanoTime() < deadline) Thread.sleep(10);
        assertThat(audit.read(Long.MAX_VALUE, 10)).singleElement().satisfies(line -> {
            assertThat(line.who()).isEqualTo("ada??root");
            assertThat(line.at()).isEqualTo(clock.now);
            assertThat(line.object()).hasSizeLessThanOrEqualTo(255);
        });
        for (var sql : List.of("UPDATE audit SET who = 'eve'", "DELETE FROM audit"))
            assertThatThrownBy(() -> JDBI.useHandle(db -> db.execute(sql))).hasMessageContaining("append-only");
    }

    @Test
    void aTeamHasMembersWithRoles() {
        var teams = new Teams(JDBI, clock);
        var team = teams.create("vision", "Computer vision");
        teams.put(team, user("ada"), TeamRole.MANAGER);
        teams.put(team, user("eve"), TeamRole.VIEWER);
        teams.put(team, user("eve"), TeamRole.MEMBER);
        assertThat(teams.members(team)).extracting(Teams.Member::user).containsExactly("ada", "eve");
        assertThat(teams.roleOf("eve", team)).contains(TeamRole.MEMBER);
        assertThat(teams.of("eve")).containsExactly(team);
        teams.remove(team, user("eve"));
        assertThat(teams.roleOf("eve", team)).isEmpty();
        assertThatThrownBy(() -> teams.create("vision", null)).hasMessageContaining("already");
        teams.delete("vision");
        assertThat(teams.of("ada")).isEmpty();
        assertThatThrownBy(() -> teams.get("vision")).isInstanceOf(Refused.class);
    }
}

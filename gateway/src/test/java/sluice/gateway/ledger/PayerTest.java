package sluice.gateway.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Role;
import sluice.gateway.people.TeamRole;
import sluice.gateway.people.Teams;
import sluice.gateway.people.Users;
import sluice.migrations.ScratchDatabase;
import sluice.scheduling.Owner;

class PayerTest {
    static final ScratchDatabase SCRATCH = ScratchDatabase.create();
    static final AtomicInteger NUMBER = new AtomicInteger();

    final Users users = new Users(SCRATCH.database().jdbi(), Clock.systemUTC());
    final Teams teams = new Teams(SCRATCH.database().jdbi(), Clock.systemUTC());
    final Payer payer = new Payer(teams);
    final String ada = "ada" + NUMBER.incrementAndGet();

    PayerTest() {
        users.create(ada, null, Role.USER);
    }

    @AfterAll
    static void close() {
        SCRATCH.close();
    }

    void join(String team, TeamRole role) {
        if (teams.list().stream().noneMatch(there -> there.name().equals(team))) teams.create(team, null);
        teams.put(teams.get(team), users.get(ada), role);
    }

    @Test
    void whoIsInNoTeamIsInTheDefaultOne() {
        assertThat(payer.of(ada, null)).isEqualTo(new Owner("default", ada));
        assertThat(payer.of(ada, "")).isEqualTo(new Owner("default", ada));
        assertThat(payer.of(ada, "default")).isEqualTo(new Owner("default", ada));
        assertThatThrownBy(() -> payer.of(ada, "vision"))
                .hasMessage("You are not in team \"vision\"; you are in no team, so leave KERNEL_TEAM out");
    }

    @Test
    void theTeamAskedForPaysElseTheOnlyOneElseTheFirstByName() {
        join("vision", TeamRole.MEMBER);
        assertThat(payer.of(ada, null)).isEqualTo(new Owner("vision", ada));
        join("nlp", TeamRole.MANAGER);
        assertThat(payer.of(ada, null)).isEqualTo(new Owner("nlp", ada));
        assertThat(payer.of(ada, "vision")).isEqualTo(new Owner("vision", ada));
        assertThatThrownBy(() -> payer.of(ada, "audio\n"))
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.kind()).isEqualTo(Refused.Kind.FORBIDDEN))
                .hasMessage("You are not in team \"audio\"; yours are nlp, vision");
        assertThatThrownBy(() -> payer.of(ada, "default")).hasMessageContaining("yours are nlp, vision");
    }

    @Test
    void aViewerLooksOn() {
        join("audio", TeamRole.VIEWER);
        assertThatThrownBy(() -> payer.of(ada, null))
                .hasMessage("You are a viewer of audio, and viewers start nothing; "
                        + "ask a manager there to make you a member");
        assertThatThrownBy(() -> payer.of(ada, "audio")).isInstanceOf(Refused.class);
        assertThatThrownBy(() -> payer.of(ada, "default")).hasMessageContaining("yours is audio");
        join("vision", TeamRole.MEMBER);
        assertThat(payer.of(ada, null)).isEqualTo(new Owner("vision", ada));
    }
}

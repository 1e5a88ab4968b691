package sluice.gateway.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.gateway.config.Places;

class DataFolderTest {
    @TempDir
    Path folder;

    private Places places;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private final Voice voice = new Voice(new PrintStream(heard, true, StandardCharsets.UTF_8));

    @BeforeEach
    void open() throws Exception {
        places = Places.open(folder.resolve("a long way down ".repeat(8)));
    }

    @AfterEach
    void removeRunFolder() throws Exception {
        places.vacate();
        assertThat(places.run()).doesNotExist();
    }

    @Test
    void theFolderOfSocketsStaysWhileAKernelLivesInIt() throws Exception {
        var kernels = Files.createDirectory(places.run().resolve("p"));
        places.vacate();
        assertThat(kernels).exists();
        Files.delete(kernels);
    }

    @Test
    void socketsLieInAShortFolderThatIsOursAlone() throws Exception {
        assertThat(places.databaseSocket().toString().length()).isLessThan(108);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(places.run())))
                .isEqualTo("rwx------");
        assertThat(places.data().resolve("run").toRealPath())
                .isEqualTo(places.run().toRealPath());
        assertThat(Places.open(places.data())).isEqualTo(places);
    }

    @Test
    void aSecondPoolOnTheSameDataIsToldWhoHoldsIt() throws Exception {
        try (var lock = PoolLock.take(places)) {
            assertThatThrownBy(() -> PoolLock.take(places))
                    .isInstanceOf(StartFailed.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("still starting")
                    .hasMessageContaining("--data");
            new ReadyFile("http://127.0.0.1:1", null, Map.of(), Map.of()).write(places);
            assertThatThrownBy(() -> PoolLock.take(places)).hasMessageContaining("serves http://127.0.0.1:1");
        }
        PoolLock.take(places).close();
    }

    @Test
    void theReadyFileIsForItsOwnerAlone() throws Exception {
        var ready = new ReadyFile("http://127.0.0.1:8899", "secret", Map.of("gateway", 7L), Map.of("http", 8899));
        ready.write(places);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(places.ready())))
                .isEqualTo("rw-------");
        assertThat(ReadyFile.read(places)).contains(ready);
    }

    @Test
    void aProgramThatAKilledSupervisorLeftIsEnded() throws Exception {
        var left = new ProcessBuilder("sleep", "600").start();
        var leftovers = new Leftovers(places);
        leftovers.remember(Map.of("gateway", left.pid()));
        leftovers.end(voice);
        assertThat(left.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(heard.toString(StandardCharsets.UTF_8)).contains("ending the gateway that an earlier run left");
    }

    @Test
    void aProcessThatOnlyHasTheSameNumberIsLeftAlone() throws Exception {
        var other = new ProcessBuilder("sleep", "600").start();
        try {
            Files.writeString(places.data().resolve("programs.json"), "{\"gateway\": \"%d 1\"}".formatted(other.pid()));
            new Leftovers(places).end(voice);
            assertThat(other.isAlive()).isTrue();
        } finally {
            other.destroyForcibly();
        }
    }

    @Test
    void aFolderOfSocketsThatIsSomebodyElsesIsNotUsed() throws Exception {
        var real = places.data();
        Files.delete(real.resolve("run"));
        Files.delete(places.run());
        Files.createSymbolicLink(places.run(), folder);
        assertThatThrownBy(() -> Places.open(real)).hasMessageContaining("belongs to somebody else");
        assertThat(Files.exists(places.run(), LinkOption.NOFOLLOW_LINKS)).isTrue();
        Files.delete(places.run());
        places = Places.open(real);
    }
}

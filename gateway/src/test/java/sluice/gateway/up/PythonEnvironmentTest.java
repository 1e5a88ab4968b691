package sluice.gateway.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.gateway.config.Config;
import sluice.gateway.config.LabSettings;
import sluice.gateway.config.Places;

class PythonEnvironmentTest {
    @TempDir
    Path folder;

    private Places places;
    private Path requirements;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

    @BeforeEach
    void open() throws IOException {
        places = Places.open(folder.resolve("data"));
        requirements = folder.resolve("lab.txt");
    }

    @AfterEach
    void removeRunFolder() throws IOException {
        Files.delete(places.run());
    }

    @Test
    void anEnvironmentIsMadeOnceAndAgainWhenItWasHalfMade() throws Exception {
        Files.writeString(requirements, "# nothing\n");
        var prefix = environment().prepare(Config.DEFAULT.lab());
        assertThat(prefix.resolve("bin/python")).isExecutable();
        assertThat(places.environment().toRealPath()).isEqualTo(prefix);
        assertThat(said()).contains("making the Python environment");
        assertThat(Files.walk(prefix)).anyMatch(file -> file.endsWith("site-packages/sluice_own_packages.pth"));

        heard.reset();
        assertThat(environment().prepare(Config.DEFAULT.lab())).isEqualTo(prefix);
        assertThat(said()).isEmpty();

        Files.delete(prefix.resolve(".whole"));
        Files.writeString(prefix.resolve("half"), "");
        environment().prepare(Config.DEFAULT.lab());
        assertThat(prefix.resolve("half")).doesNotExist();
        assertThat(prefix.resolve(".whole")).exists();
    }

    @Test
    void requirementsThatCannotBeHadAreNamed() throws Exception {
        Files.writeString(requirements, "--no-index\nno-such-package-as-this==1.0\n");
        assertThatThrownBy(() -> environment().prepare(Config.DEFAULT.lab()))
                .isInstanceOf(StartFailed.class)
                .hasMessageContaining("no-such-package-as-this")
                .hasMessageContaining(places.log("environment").toString())
                .hasMessageContaining("SLUICE_ENV_PREFIX");
        assertThat(Files.exists(places.environment())).isFalse();
    }

    @Test
    void anEnvironmentThatIsThereIsUsedAsItIs() throws Exception {
        Files.createDirectories(folder.resolve("mine/bin"));
        for (var program : new String[] {"python", "jupyter-lab"}) {
            assertThat(Files.createFile(folder.resolve("mine/bin").resolve(program))
                            .toFile()
                            .setExecutable(true))
                    .isTrue();
        }
        assertThat(environment().prepare(lab("", folder.resolve("mine")))).isEqualTo(folder.resolve("mine"));
        assertThatThrownBy(() -> environment().prepare(lab("", folder)))
                .hasMessageContaining("bin/python or bin/jupyter-lab is missing");
    }

    @Test
    void aPythonThatIsNotThereIsNamed() throws Exception {
        Files.writeString(requirements, "");
        assertThatThrownBy(() -> environment()
                        .prepare(
                                new LabSettings(true, "/nowhere/python3", "", 1, Duration.ofSeconds(1), Duration.ZERO)))
                .isInstanceOf(StartFailed.class)
                .hasMessageContaining("/nowhere/python3 does not exist")
                .hasMessageContaining("lab.python");
    }

    private static LabSettings lab(String python, Path prefix) {
        return new LabSettings(true, python, prefix.toString(), 1, Duration.ofSeconds(1), Duration.ZERO);
    }

    private PythonEnvironment environment() {
        return new PythonEnvironment(
                places, "", requirements, new Voice(new PrintStream(heard, true, StandardCharsets.UTF_8)));
    }

    private String said() {
        return heard.toString(StandardCharsets.UTF_8);
    }
}

package sluice.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
    private static final Path EXAMPLE = Path.of("../sluice.example.yaml");

    @Test
    void theExampleFileIsExactlyTheDefaults() {
        assertThat(Config.read(EXAMPLE)).isEqualTo(Config.DEFAULT);
    }

    @Test
    void theExampleFileNamesEveryKeyAndGivesAReasonBeforeIt() throws IOException {
        var lines = Files.readAllLines(EXAMPLE);
        for (var section : Config.class.getRecordComponents()) {
            var heading = lines.indexOf(ConfigReader.key(section) + ":");
            assertThat(heading).as(section.getName()).isPositive();
            assertThat(lines.get(heading - 1)).startsWith("# ");
            if (!section.getType().isRecord()) continue; // names of one's own
            for (var component : section.getType().getRecordComponents()) {
                var line = heading + 1;
                while (!lines.get(line).startsWith("  " + ConfigReader.key(component) + ":")) {
                    assertThat(lines.get(line++))
                            .as(section.getName() + "." + component.getName())
                            .startsWith("  ");
                }
                assertThat(lines.get(line - 1)).as(lines.get(line)).startsWith("  # ");
            }
        }
    }

    @Test
    void whatAFileLeavesOutStaysAsItWas() {
        var config = read("""
                gateway:
                  port: 0
                limits: {memory: 2 GiB, cpus: 1.5}
                culling:
                  idle: 90m
                node:
                  sandbox: plain
                auth:
                  allow-origins:
                    - https://lab.example.org
                ring:
                  # every line of this one is a comment
                """);
        assertThat(config.gateway()).isEqualTo(GatewaySettings.DEFAULT.at("127.0.0.1", 0));
        assertThat(config.limits().memory().bytes()).isEqualTo(2L << 30);
        assertThat(config.limits().cpus()).isEqualTo(1.5);
        assertThat(config.limits().openFiles()).isEqualTo(LimitSettings.DEFAULT.openFiles());
        assertThat(config.culling().idle()).isEqualTo(Duration.ofMinutes(90));
        assertThat(config.node().sandbox()).isEqualTo(NodeSettings.Sandbox.PLAIN);
        assertThat(config.auth().allowOrigins()).isEqualTo(List.of("https://lab.example.org"));
        assertThat(config.ring()).isEqualTo(RingSettings.DEFAULT);
    }

    @Test
    void anEmptyFileIsTheDefaults() {
        assertThat(read("")).isEqualTo(Config.DEFAULT);
        assertThat(read("# nothing yet\n")).isEqualTo(Config.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            gateway:\\n  prot: 1                         | line 2: no setting is called "prot" here; did you mean "port"?
            flavours:\\n  big: {gpus: 1.5}           | line 2: gpus must be whole cards or a part of one, not 1.5
            flavours:\\n  Big one: {gpus: 1}         | line 1: flavours has the name "Big one": use up to 32 small letters, digits, - and _
            flavours: [gpu]                              | line 1: flavours holds a name for each, and settings below it
            gatway:\\n  port: 1                          | line 1: no setting is called "gatway" here; did you mean "gateway"?
            port: 1                                      | line 1: no setting is called "port" here; it belongs under "gateway:"
            gateway:\\n  sandbox: plain                  | line 2: no setting is called "sandbox" here; it belongs under "node:"
            ring:\\n  zebra: 1                           | line 2: no setting is called "zebra" here; there are bytes, keep, stall-after, window
            gateway:\\n\\n  host: a\\n  port: 70000      | line 4: port must be 1 to 65535, or 0 for any free one, not 70000
            gateway:\\n  port: many                      | line 2: port must be a number, not "many"
            gateway:\\n  port: [1, 2]                    | line 2: port takes one value, not a list
            gateway: 8899                                | line 1: gateway holds settings (key: value), not "8899"
            - gateway                                    | line 1: the file holds settings (key: value), not a list
            limits:\\n  memory: lots                     | line 2: memory: "lots" is not a size; write it like 512 MiB or 2 GiB
            limits:\\n  memory: 1 KiB                    | line 2: memory must be at least 64 MiB
            culling:\\n  idle: soon                      | line 2: idle: "soon" is not a length of time; write it like 500ms, 30s
            culling:\\n  connected: yes please           | line 2: connected: must be true or false, not "yes please"
            node:\\n  sandbox: docker                    | line 2: sandbox: must be auto or bubblewrap or plain, not "docker"
            gateway:\\n  port: 1\\n  port: 2             | line 3: "port" stands here a second time (first on line 2)
            gateway:\\n  port: 1\\n---\\na: b            | line 4: a second document
            gateway:\\n  port: "1                        | this is not YAML
            gateway:\\n\\tport: 1                        | line 2: this is not YAML
            gateway:\\n  ping: 30s\\n  silence: 10s      | line 3: silence must be longer than ping
            gateway:\\n  ping: 5m                        | silence must be longer than ping
            database:\\n  url: mysql://x                 | line 2: url must look like jdbc:mariadb://host:3306/schema
            auth:\\n  allow-origins: [x.org]             | line 2: allow-origins "x.org" is not an origin
            auth:\\n  allow-origin-pattern: "["          | line 2: allow-origin-pattern is not a regular expression
            auth:\\n  allow-origins: ["*"]\\n  allow-credentials: true | line 3: allow-credentials cannot be true
            """)
    void aMistakeIsRefusedWithItsLineAndAWayOut(String yaml, String words) {
        assertThatThrownBy(() -> read(yaml.replace("\\n", "\n").replace("\\t", "\t")))
                .isInstanceOf(BadConfig.class)
                .message()
                .startsWith("trial.yaml line ")
                .contains(words);
    }

    @Test
    void aFileThatIsNotThereIsNamed(@TempDir Path folder) {
        var file = folder.resolve("mine.yaml");
        assertThatThrownBy(() -> Config.read(file)).hasMessage(file + " does not exist");
    }

    @Test
    void everySettingOfTheTreeIsOfAKindThatAFileCanSay() {
        for (var section : Config.class.getRecordComponents()) {
            var settings = section.getType().isRecord() ? section.getType() : FlavourSettings.class;
            assertThat(Arrays.stream(settings.getRecordComponents())
                            .map(component -> component.getType().isEnum() ? Enum.class : component.getType()))
                    .allMatch(List.of(
                            String.class,
                            int.class,
                            double.class,
                            boolean.class,
                            Size.class,
                            Duration.class,
                            List.class,
                            Enum.class)::contains);
        }
    }

    private static Config read(String yaml) {
        return new ConfigReader("trial.yaml").read(YamlTree.of(yaml, "trial.yaml"), Config.DEFAULT);
    }
}

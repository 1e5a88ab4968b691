package sluice.kernels.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeMainTest {
    @TempDir
    Path folder;

    @Test
    void theFileSaysOnlyWhatIsDifferent() throws Exception {
        var config = read("""
                {"data": "%s", "name": "gpu1",
                 "kernels": {"most": 7, "startWait": "250ms", "launchTimeout": 90, "culling": {"idleTimeout": "24h"}},
                 "sandbox": {"kind": "plain", "limits": {"memoryBytes": 1000000}}}
                """.formatted(folder));
        assertThat(config.kernels().most()).isEqualTo(7);
        assertThat(config.kernels().startWait()).isEqualTo(Duration.ofMillis(250));
        assertThat(config.kernels().launchTimeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.kernels().culling().idleTimeout()).isEqualTo(Duration.ofHours(24));
        assertThat(config.sandbox().limits().memoryBytes()).isEqualTo(1_000_000);
        assertThat(config.sandbox().limits().processes()).isEqualTo(4096);
        assertThat(config.run()).isEqualTo(folder.resolve("run"));
        assertThat(read(config.json())).isEqualTo(config);
    }

    @Test
    void aMistakeInTheFileIsNamed() {
        assertThatThrownBy(() -> read("{}")).hasMessageContaining("\"data\"");
        assertThatThrownBy(() -> read("{\"data\": \"/x\",\n \"kernels\": {\"mots\": 7}}"))
                .hasMessageContaining("kernels.mots");
        assertThatThrownBy(() -> read("{\"data\": \"/x\", \"kernels\": {\"startWait\": \"soon\"}}"))
                .hasMessageContaining("kernels.startWait")
                .hasMessageContaining("24h");
        assertThatThrownBy(() -> read("{\"data\": \"/x\", \"sandbox\": {\"kind\": \"strong\"}}"))
                .hasMessageContaining("auto, bubblewrap or plain");
        assertThatThrownBy(() -> read("{\"data\": \"/x\",\n oops}")).hasMessageContaining("line 2");
    }

    @Test
    void theSupervisorsWordStopsTheNodeAndItsEndLeavesWhatRuns() throws Exception {
        var data = Files.createTempDirectory(Path.of("/tmp"), "sl");
        var file = Files.writeString(
                folder.resolve("node.json"), "{\"data\": \"%s\", \"sandbox\": {\"kind\": \"plain\"}}".formatted(data));
        assertThat(NodeMain.run(new String[] {file.toString()}, supervisor("stop\n")))
                .isZero();
        assertThat(NodeMain.run(new String[] {file.toString()}, supervisor(""))).isZero();
        assertThat(NodeMain.run(new String[] {"/no/such/file"}, supervisor(""))).isEqualTo(1);
        assertThat(NodeMain.run(new String[] {}, supervisor(""))).isEqualTo(2);
        try (var _ = Node.open(read(Files.readString(file)), Map.of())) {
            assertThat(NodeMain.run(new String[] {file.toString()}, supervisor("stop\n")))
                    .isEqualTo(1);
        }
        sluice.kernels.sandbox.Folders.erase(data);
    }

    private static InputStream supervisor(String says) {
        return new ByteArrayInputStream(says.getBytes(StandardCharsets.UTF_8));
    }

    private NodeConfig read(String json) throws Exception {
        return NodeConfig.read(Files.writeString(folder.resolve("config.json"), json), Map.of());
    }
}

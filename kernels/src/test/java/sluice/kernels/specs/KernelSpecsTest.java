package sluice.kernels.specs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.kernels.link.NodeProblem;

class KernelSpecsTest {
    private static final String GOOD =
            "{\"argv\": [\"python\", \"-f\", \"{connection_file}\"], \"language\": \"python\"}";

    @TempDir
    Path folder;

    @Test
    void theFirstFolderThatHasANameWins() throws Exception {
        spec(folder.resolve("path/kernels/Mixed.Case"), "{\"argv\": [\"a\"], \"display_name\": \"mine\"}");
        spec(folder.resolve("env/share/jupyter/kernels/mixed.case"), GOOD);
        spec(folder.resolve("env/share/jupyter/kernels/python3"), GOOD);
        spec(folder.resolve("env/share/jupyter/kernels/not a name"), GOOD);
        Files.createDirectories(folder.resolve("env/share/jupyter/kernels/empty"));
        var specs = specs();
        assertThat(specs.catalog().specs()).containsOnlyKeys("mixed.case", "python3");
        assertThat(specs.catalog().defaultName()).hasValue("python3");
        assertThat(specs.spec("MIXED.case").displayName()).isEqualTo("mine");
        assertThat(specs.spec("").name()).isEqualTo("python3");
        assertThat(specs.spec("python3").prefix()).isEqualTo(folder.resolve("env"));
    }

    @Test
    void aBrokenSpecIsToldAndDisturbsNobody() throws Exception {
        spec(folder.resolve("path/kernels/torn"), "{\"argv\": [\"a\"");
        spec(folder.resolve("path/kernels/empty"), "{}");
        spec(folder.resolve("path/kernels/null"), "null");
        spec(folder.resolve("path/kernels/odd"), "{\"argv\": [\"a\"], \"interrupt_mode\": \"shout\"}");
        spec(folder.resolve("path/kernels/good"), GOOD);
        var catalog = specs().catalog();
        assertThat(catalog.specs()).containsOnlyKeys("good");
        assertThat(catalog.broken()).containsOnlyKeys("torn", "empty", "null", "odd");
        assertThat(catalog.broken().get("torn")).contains("line 1");
        assertThatThrownBy(() -> specs().spec("odd"))
                .isInstanceOfSatisfying(
                        NodeProblem.class, problem -> assertThat(problem.code()).isEqualTo("bad-spec"))
                .hasMessageContaining("interrupt_mode");
    }

    @Test
    void aChangedSpecIsReadAgain() throws Exception {
        var kernel = folder.resolve("path/kernels/k");
        spec(kernel, GOOD);
        var specs = specs();
        assertThat(specs.spec("k").transport()).isEqualTo("ipc");
        assertThat(specs.catalog()).isSameAs(specs.catalog());
        spec(kernel, "{\"argv\": [\"a\"], \"metadata\": {\"sluice\": {\"transport\": \"tcp\"}}}");
        Files.setLastModifiedTime(kernel.resolve("kernel.json"), FileTime.from(Instant.ofEpochSecond(1)));
        assertThat(specs.spec("k").transport()).isEqualTo("tcp");
    }

    @Test
    void resourcesNeverLeaveTheirFolder() throws Exception {
        var kernel = folder.resolve("path/kernels/k");
        spec(kernel, GOOD);
        Files.writeString(kernel.resolve("logo-64x64.png"), "png");
        Files.writeString(kernel.resolve("kernel.js"), "js");
        Files.writeString(folder.resolve("secret"), "secret");
        Files.createSymbolicLink(kernel.resolve("logo-out.png"), folder.resolve("secret"));
        var spec = specs().spec("k");
        assertThat(Resources.names(spec)).contains("kernel.js", "logo-64x64.png");
        assertThat(Resources.read(spec, "logo-64x64.png").mime()).isEqualTo("image/png");
        for (var path : List.of("../../../secret", "logo-out.png", "/etc/passwd", "nothing", ".", "a\0b", ""))
            assertThatThrownBy(() -> Resources.read(spec, path)).as(path).isInstanceOf(NodeProblem.class);
    }

    @Test
    void aProgramIsFoundInItsOwnEnvironmentAndWithAllItNeeds() throws Exception {
        var base = folder.resolve("base/bin");
        Files.createDirectories(base);
        var real = Files.createFile(base.resolve("python3.11"));
        assertThat(real.toFile().setExecutable(true)).isTrue();
        var bin = Files.createDirectories(folder.resolve("env/bin"));
        Files.createSymbolicLink(bin.resolve("python3"), real);
        Files.createSymbolicLink(bin.resolve("python"), Path.of("python3"));
        var python = Program.find("python", folder.resolve("env"), "/usr/bin").orElseThrow();
        assertThat(python).isEqualTo(bin.resolve("python"));
        assertThat(Program.surroundings(python)).contains(folder.resolve("env"), folder.resolve("base"));
        assertThat(Program.find("sh", null, "/usr/bin:/bin")).isPresent();
        assertThat(Program.find("no-such-program", null, "/usr/bin:/bin")).isEmpty();
    }

    private KernelSpecs specs() {
        return new KernelSpecs(new SpecsConfig(
                List.of(folder.resolve("path")), List.of(folder.resolve("env")), null, false, List.of()));
    }

    private static void spec(Path kernel, String json) throws IOException {
        Files.createDirectories(kernel);
        Files.writeString(kernel.resolve("kernel.json"), json);
    }

    @Test
    void jupytersOwnVariablesSayWhereToLook() {
        var config = SpecsConfig.of(Map.of("JUPYTER_PATH", "/a:/b", "HOME", "/home/x"));
        assertThat(config.folders())
                .extracting(SpecsConfig.Folder::path)
                .containsExactly(
                        Path.of("/a/kernels"),
                        Path.of("/b/kernels"),
                        Path.of("/home/x/.local/share/jupyter/kernels"),
                        Path.of("/usr/local/share/jupyter/kernels"),
                        Path.of("/usr/share/jupyter/kernels"));
    }
}

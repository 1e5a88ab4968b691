package sluice.kernels.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountsTest {
    @TempDir
    Path folder;

    @Test
    void whatIsNeededShowsThroughWhatIsHidden() throws Exception {
        var home = Files.createDirectories(folder.resolve("home")).toRealPath();
        var data = Files.createDirectories(home.resolve("user/.sluice"));
        var env = Files.createDirectories(data.resolve("env"));
        var tools = Files.createDirectories(home.resolve("user/tools"));
        var shown = String.join(" ", Mounts.of(List.of(home, data), Set.of(env, tools, Path.of("/usr"))));
        assertThat(shown.replace(home.toString(), "H"))
                .isEqualTo("--ro-bind / / --perms 0755 --tmpfs H"
                        + " --perms 0755 --dir H/user --perms 0755 --dir H/user/.sluice"
                        + " --ro-bind H/user/.sluice/env H/user/.sluice/env"
                        + " --perms 0755 --dir H/user --ro-bind H/user/tools H/user/tools");
    }

    @Test
    void ourDataIsHiddenEvenInsideSomethingThatIsNeeded() throws Exception {
        var home = Files.createDirectories(folder.resolve("home")).toRealPath();
        var project = Files.createDirectories(home.resolve("project"));
        var data = Files.createDirectories(project.resolve("data"));
        var env = Files.createDirectories(data.resolve("env"));
        var shown = String.join(" ", Mounts.of(List.of(home, data), Set.of(env, project)));
        assertThat(shown.replace(home.toString(), "H"))
                .isEqualTo("--ro-bind / / --perms 0755 --tmpfs H --ro-bind H/project H/project"
                        + " --perms 0755 --tmpfs H/project/data --ro-bind H/project/data/env H/project/data/env");
    }
}

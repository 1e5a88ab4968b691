package sluice.kernels.sandbox;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlainHomesTest extends HomesContract {
    @Override
    Homes open() throws Exception {
        var homes = Files.createDirectories(data.resolve("homes")).toRealPath();
        return new PlainHomes(homes, data.resolve("home-images"), Optional.empty());
    }

    @Test
    void filesInAnImageAreNotHiddenByAnEmptyFolder() throws Exception {
        Files.createFile(
                Files.createDirectories(data.resolve("home-images/alice")).resolve("home.ext4"));
        assertThatThrownBy(() -> open().ready("alice", false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("only root can mount");
    }
}

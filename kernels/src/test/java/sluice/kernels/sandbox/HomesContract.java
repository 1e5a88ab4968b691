package sluice.kernels.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a home is, however it is kept.
abstract class HomesContract {
    @TempDir
    Path data;

    /// Another node program on the same data.
    abstract Homes open() throws Exception;

    @AfterEach
    void nobodyIsLeft() throws Exception {
        open().tidy(Set.of());
    }

    @Test
    void aHomeIsAnEmptyFolderOfItsName() throws Exception {
        var home = open().ready("alice", false);
        assertThat(home).isEqualTo(data.toRealPath().resolve("homes/alice")).isEmptyDirectory();
        assertThat(Files.getPosixFilePermissions(home)).hasSize(3);
    }

    @Test
    void filesAreThereWheneverTheirOwnerIs() throws Exception {
        var homes = open();
        Files.writeString(homes.ready("alice", false).resolve("note"), "mine");
        assertThat(homes.ready("bob", false)).isEmptyDirectory();
        homes.leave("alice");
        assertThat(homes.ready("alice", false).resolve("note")).hasContent("mine");
        homes.leave("alice");
        homes.leave("alice");
        assertThat(open().ready("alice", false).resolve("note")).hasContent("mine");
    }

    @Test
    void aNodeThatWasKilledLeavesHomesAsTheyAre() throws Exception {
        Files.writeString(open().ready("alice", false).resolve("note"), "mine");
        var next = open();
        next.tidy(Set.of("alice"));
        assertThat(data.resolve("homes/alice/note")).hasContent("mine");
        assertThat(next.ready("alice", true).resolve("note")).hasContent("mine");
    }

    @Test
    void aHomeThatWasThereBeforeKeepsItsFiles() throws Exception {
        var old = Files.createDirectories(data.resolve("homes/alice/work"));
        Files.writeString(old.resolve("note"), "old");
        Files.createSymbolicLink(old.resolve("link"), Path.of("note"));
        var home = open().ready("alice", false);
        assertThat(home.resolve("work/link")).hasContent("old").isSymbolicLink();
    }
}

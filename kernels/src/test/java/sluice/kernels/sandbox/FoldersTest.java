package sluice.kernels.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.kernels.link.NodeProblem;

class FoldersTest {
    @TempDir
    Path folder;

    @Test
    void erasingAFolderSparesWhatItsLinksPointTo() throws Exception {
        var kept = Files.writeString(folder.resolve("kept"), "x");
        var inner = Files.createDirectories(folder.resolve("gone/inner"));
        Files.createSymbolicLink(inner.resolve("link"), folder);
        Files.createSymbolicLink(inner.resolve("file"), kept);
        Folders.erase(folder.resolve("gone"));
        Folders.erase(folder.resolve("never/was"));
        assertThat(folder.resolve("gone")).doesNotExist();
        assertThat(kept).hasContent("x");
    }

    @Test
    void aSecretFileIsReplacedAsAWhole() throws Exception {
        var file = folder.resolve("secret");
        Folders.replace(file, "one".getBytes());
        Folders.replace(file, "two".getBytes());
        assertThat(file).hasContent("two");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(folder.toFile().list()).containsExactly("secret");
    }

    @Test
    void anOwnerKeepsTheirUserId() throws Exception {
        var owners = new Owners(folder, 200_000, 0);
        var alice = owners.of("alice", "k");
        var bob = owners.of("bob", "k");
        assertThat(new Owners(folder, 300_000, 0).of("alice", "k")).isEqualTo(alice);
        if (owners.root()) assertThat(alice.uid()).isNotEqualTo(bob.uid());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(alice.home())))
                .isEqualTo("rwx------");
        for (var name : new String[] {"../etc", "", "a/b", "-x", ".ssh", "a b"})
            assertThatThrownBy(() -> owners.of(name, "k")).as(name).isInstanceOf(NodeProblem.class);
    }

    @Test
    void theEndOfALogBeginsWithAWholeLine() throws Exception {
        var log = folder.resolve("k.log");
        assertThat(LogTail.read(log, 100)).isEmpty();
        Files.writeString(LogTail.older(log), "first line\nsecond line\n");
        Files.writeString(log, "third line\n");
        assertThat(LogTail.read(log, 100)).isEqualTo("first line\nsecond line\nthird line");
        assertThat(LogTail.read(log, 20)).isEqualTo("third line");
    }
}

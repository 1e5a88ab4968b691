package sluice.kernels.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ImageHomesTest extends HomesContract {
    private static final long SIZE = 64L << 20;
    private static final byte[] MEBIBYTE = new byte[1 << 20];

    private Path images;
    private Path alices;

    @BeforeEach
    void rootMayMount() throws Exception {
        images = data.toRealPath().resolve("home-images");
        alices = data.toRealPath().resolve("homes/alice");
        Assumptions.assumeTrue(Posix.ourUid() == 0, "only root can mount disk images");
        var obstacle = ImageHomes.probe(images);
        Assumptions.assumeTrue(obstacle.isEmpty(), () -> "no disk image can be mounted here: " + obstacle.orElse(""));
        assertThat(images).isEmptyDirectory();
    }

    @Override
    Homes open() throws Exception {
        return open(SIZE);
    }

    private Homes open(long bytes) throws Exception {
        var homes = Homes.open(data, bytes, Posix.ourUid() == 0);
        assertThat(homes.warning()).isEmpty();
        return homes;
    }

    private static long fill(Path file, long mebibytes) throws IOException {
        try (var out = Files.newOutputStream(file)) {
            for (long i = 0; i < mebibytes; i++) out.write(MEBIBYTE);
        }
        return Files.size(file);
    }

    @Test
    void aHomeHoldsAsMuchAsItMayAndItsImageTakesAsMuchAsIsInIt() throws Exception {
        var homes = open();
        var home = homes.ready("alice", false);
        assertThatThrownBy(() -> fill(home.resolve("big"), 80)).hasMessageContaining("No space left on device");
        assertThat(Files.size(home.resolve("big"))).isGreaterThan(SIZE * 8 / 10);
        Files.writeString(homes.ready("bob", false).resolve("note"), "there is room for others");
        assertThat(HostCommand.diskUsage(images.resolve("bob"))).isLessThan(8L << 20);
    }

    @Test
    void aHomeGrowsWithTheSettingAndNeverShrinks() throws Exception {
        var home = open().ready("alice", false);
        Files.writeString(home.resolve("note"), "mine");
        var larger = open(3 * SIZE);
        larger.ready("alice", true);
        assertThat(Files.size(images.resolve("alice/home.ext4"))).isEqualTo(SIZE);
        larger.leave("alice");
        larger.ready("alice", false);
        assertThat(fill(home.resolve("big"), 150)).isEqualTo(150L << 20);
        larger.leave("alice");
        open(SIZE).ready("alice", true);
        assertThat(home.resolve("note")).hasContent("mine");
        assertThat(home.resolve("big")).hasSize(150L << 20);
    }

    @Test
    void aHomeThatDidNotFinishGrowingDoesSo() throws Exception {
        var homes = open();
        var home = homes.ready("alice", false);
        homes.leave("alice");
        var image = images.resolve("alice/home.ext4");
        Files.createFile(images.resolve("alice/growing"));
        try (var file = new java.io.RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(3 * SIZE);
        }
        open(3 * SIZE).ready("alice", true);
        assertThat(fill(home.resolve("big"), 150)).isEqualTo(150L << 20);
        assertThat(images.resolve("alice/growing")).doesNotExist();
    }

    @Test
    void homesStayInTheirImagesWhenTheLimitIsTakenAway() throws Exception {
        var homes = open();
        Files.writeString(homes.ready("alice", false).resolve("note"), "mine");
        homes.leave("alice");
        assertThat(alices).isEmptyDirectory();
        assertThat(open(0).ready("alice", false).resolve("note")).hasContent("mine");
        open(0).ready("bob", false);
        assertThat(images.resolve("bob")).doesNotExist();
    }

    @Test
    void nothingIsLostWhereverAMoveIntoAnImageIsKilled() throws Exception {
        Files.createDirectories(alices);
        Files.writeString(alices.resolve("note"), "old");
        var folder = Files.createDirectories(images.resolve("alice"));
        // Before the copy was complete.
        Files.move(alices, folder.resolve("before"));
        Files.writeString(folder.resolve("unfinished.ext4"), "half of it");
        var homes = open();
        assertThat(homes.ready("alice", false).resolve("note")).hasContent("old");
        assertThat(folder).isDirectoryContaining(path -> path.endsWith("home.ext4"));
        assertThat(folder.toFile().list()).hasSize(1);
        // After it, with the old files still there.
        homes.leave("alice");
        Files.writeString(
                Files.createDirectory(folder.resolve("before")).resolve("note"), "the same, no longer needed");
        assertThat(open().ready("alice", false).resolve("note")).hasContent("old");
        assertThat(folder.resolve("before")).doesNotExist();
    }

    @Test
    void aMoveThatWasKilledWhileItCopiedStartsOver() throws Exception {
        Files.writeString(Files.createDirectories(alices).resolve("note"), "old");
        var folder = Files.createDirectories(images.resolve("alice"));
        Files.move(alices, folder.resolve("before"));
        // An image without its name, mounted at the workplace.
        var other = new HomeImage(data, images, "other");
        other.make(SIZE);
        Files.move(images.resolve("other/home.ext4"), folder.resolve("unfinished.ext4"));
        Files.createDirectory(folder.resolve("workplace"));
        HostCommand.run("mount", "-o", "loop", folder + "/unfinished.ext4", folder + "/workplace");
        assertThat(open().ready("alice", false).resolve("note")).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("home.ext4");
    }

    @Test
    void aHomeThatHoldsTooMuchIsLeftAsItIs() throws Exception {
        Files.createDirectories(alices);
        fill(alices.resolve("big"), 70);
        var home = open().ready("alice", false);
        assertThat(MountTable.source(home)).isEmpty();
        assertThat(home.resolve("big")).hasSize(70L << 20);
    }

    @Test
    void aHomeThatIsInUseIsNotMovedAway() throws Exception {
        Files.writeString(Files.createDirectories(alices).resolve("note"), "old");
        var homes = open();
        assertThat(MountTable.source(homes.ready("alice", true))).isEmpty();
        assertThat(MountTable.source(homes.ready("alice", false))).isPresent();
        assertThat(alices.resolve("note")).hasContent("old");
    }

    @Test
    void aHomeThatASandboxStillHasIsTheSameDiskAgain() throws Exception {
        var homes = open();
        var home = homes.ready("alice", false);
        var device = MountTable.source(home);
        var sandbox =
                new ProcessBuilder("unshare", "-m", "sh", "-c", "echo in; read line; cat " + home + "/note").start();
        try (var said = sandbox.inputReader();
                var stdin = sandbox.outputWriter()) {
            assertThat(said.readLine()).isEqualTo("in");
            homes.leave("alice");
            assertThat(MountTable.source(home)).isEmpty();
            Files.writeString(homes.ready("alice", false).resolve("note"), "one disk\n");
            assertThat(MountTable.source(home)).isEqualTo(device);
            stdin.write("\n");
            stdin.flush();
            assertThat(said.readLine()).isEqualTo("one disk");
        }
        sandbox.waitFor();
    }

    @Test
    void whereImagesCannotBeMountedThatIsSaid() throws Exception {
        assertThat(Homes.open(data, SIZE, false).warning().orElseThrow())
                .contains("limits.home cannot be enforced here", "only root");
        homesThatNeedRootSaySo();
    }

    private void homesThatNeedRootSaySo() throws Exception {
        var homes = open();
        homes.ready("alice", false);
        homes.leave("alice");
        assertThatThrownBy(() -> Homes.open(data, SIZE, false).ready("alice", false))
                .hasMessageContaining("only root can mount");
    }

    @Test
    void theTableOfMountsIsRead() {
        var lines = java.util.List.of(
                "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
                "30 22 7:0 / /data/a\\040b rw,nosuid shared:1 - ext4 /dev/loop0 rw",
                "31 30 7:1 / /data/a\\040b rw,nosuid - ext4 /dev/loop1 rw");
        assertThat(MountTable.source(lines, Path.of("/data/a b"))).isEqualTo(Optional.of("/dev/loop1"));
        assertThat(MountTable.source(lines, Path.of("/data"))).isEmpty();
    }

    @Test
    void tidyingSparesWhoHasSomethingRunning() throws Exception {
        var homes = open();
        homes.ready("alice", false);
        var bobs = homes.ready("bob", false);
        open().tidy(Set.of("alice"));
        assertThat(MountTable.source(alices)).isPresent();
        assertThat(MountTable.source(bobs)).isEmpty();
    }
}

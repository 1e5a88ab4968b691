package sluice.kernels.sandbox;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/// One home as a disk image. Whatever is killed in the middle, the files are in exactly one of three places: the image
/// once it has its name, else `before` while they are copied, else the plain home.
final class HomeImage {
    private static final String OPTIONS = "loop,nosuid,nodev,discard";

    private final Path home;
    private final Path folder;
    private final Path image;

    /// Without its name yet: worthless.
    private final Path unfinished;

    private final Path before;
    private final Path workplace;

    /// There while the file is larger than the file system in it.
    private final Path growing;

    HomeImage(Path homes, Path images, String name) {
        this.home = homes.resolve(name);
        this.folder = images.resolve(name);
        this.image = folder.resolve("home.ext4");
        this.unfinished = folder.resolve("unfinished.ext4");
        this.before = folder.resolve("before");
        this.workplace = folder.resolve("workplace");
        this.growing = folder.resolve("growing");
    }

    Path home() {
        return home;
    }

    boolean exists() {
        return Files.exists(image);
    }

    /// Whether files of the home may be here and not in the home's own folder.
    boolean holdsFiles() {
        return exists() || Files.exists(before);
    }

    boolean mounted() throws IOException {
        return MountTable.source(home).isPresent();
    }

    static boolean empty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    /// Clears away what somebody left who was killed while at work here.
    void recover() throws IOException {
        if (Files.notExists(folder)) return;
        if (MountTable.source(workplace).isPresent()) HostCommand.run("umount", workplace.toString());
        Files.deleteIfExists(workplace);
        Files.deleteIfExists(unfinished);
        if (Files.notExists(before)) return;
        if (exists()) {
            Folders.erase(before);
            return;
        }
        if (Files.exists(home) && !empty(home))
            throw new IOException(
                    "there are files in %s and in %s: put them together in the former".formatted(home, before));
        Files.deleteIfExists(home);
        Files.move(before, home, StandardCopyOption.ATOMIC_MOVE);
    }

    /// Makes an empty image.
    void make(long bytes) throws IOException {
        Files.createDirectories(folder, Folders.PRIVATE);
        try (var file = new RandomAccessFile(unfinished.toFile(), "rw")) {
            file.setLength(bytes);
        }
        HostCommand.run("mkfs.ext4", "-q", "-F", "-m", "0", "-i", "8192", unfinished.toString());
        Files.createDirectories(workplace);
        HostCommand.run("mount", "-o", OPTIONS, unfinished.toString(), workplace.toString());
        try {
            Files.setPosixFilePermissions(workplace, PosixFilePermissions.fromString("rwx------"));
            Files.deleteIfExists(workplace.resolve("lost+found"));
            if (Files.exists(before)) HostCommand.run("cp", "-a", before + "/.", workplace.toString());
        } finally {
            HostCommand.run("umount", workplace.toString());
        }
        Files.delete(workplace);
        finish();
    }

    private void finish() throws IOException {
        try (var file = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        Files.move(unfinished, image, StandardCopyOption.ATOMIC_MOVE);
        try (var entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    /// Makes an image of the files in the home, which nobody uses.
    void takeOver(long bytes) throws IOException {
        Files.createDirectories(folder, Folders.PRIVATE);
        Files.move(home, before, StandardCopyOption.ATOMIC_MOVE);
        make(bytes);
        Folders.erase(before);
    }

    /// Shows the image as the home.
    /// @param bytes how large it should be at least
    void mount(long bytes) throws IOException {
        if (Files.notExists(home)) Files.createDirectory(home, Folders.PRIVATE);
        if (!empty(home))
            throw new IOException(
                    "there are files in %s beside its disk image %s: move them away".formatted(home, image));
        // Where a sandbox that is about to end still has it, it must not be touched, and is the same device again.
        if (devices().isEmpty()) prepare(bytes);
        HostCommand.run("mount", "-o", OPTIONS, image.toString(), home.toString());
    }

    /// Repairs it, and makes it as large as it should be; never smaller. While it is mounted, not every root may do
    /// that.
    private void prepare(long bytes) throws IOException {
        if (Files.size(image) >= bytes && Files.notExists(growing)) {
            HostCommand.repair("-p", image.toString());
            return;
        }
        if (Files.notExists(growing)) Files.createFile(growing, Folders.SECRET);
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(Math.max(bytes, file.length()));
        }
        HostCommand.repair("-f", "-p", image.toString());
        HostCommand.run("resize2fs", image.toString());
        Files.delete(growing);
    }

    void unmount() throws IOException {
        HostCommand.run("umount", home.toString());
    }

    private List<String> devices() throws IOException {
        return HostCommand.run("losetup", "-n", "-O", "NAME", "-j", image.toString())
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /// Leaves nothing of it. It must not be mounted.
    void erase() throws IOException {
        if (MountTable.source(workplace).isPresent()) HostCommand.run("umount", workplace.toString());
        Folders.erase(folder);
    }
}

package sluice.kernels.sandbox;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;

/// Files that nobody else may read, that survive a power cut, or that are to go.
public final class Folders {
    /// For a folder that only its owner may enter.
    public static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /// For a file that only its owner may read.
    public static final FileAttribute<Set<PosixFilePermission>> SECRET =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /// For a file that everybody who reaches it may read.
    static final FileAttribute<Set<PosixFilePermission>> PUBLIC =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));

    private static final int ERASE_TRIES = 5;

    private Folders() {}

    /// Writes a file as a whole or not at all, mode 0600, and returns when the disk has it.
    public static void replace(Path file, byte[] content) throws IOException {
        put(file, content, true);
        try (var folder = FileChannel.open(parent(file), READ)) {
            folder.force(true);
        }
    }

    /// Writes a file as a whole or not at all, mode 0600, for as long as the machine runs.
    public static void replaceForNow(Path file, byte[] content) throws IOException {
        put(file, content, false);
    }

    private static void put(Path file, byte[] content, boolean onDisk) throws IOException {
        var next = file.resolveSibling(file.getFileName() + ".next");
        try (var channel = FileChannel.open(next, Set.of(CREATE, TRUNCATE_EXISTING, WRITE), SECRET)) {
            var bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) channel.write(bytes);
            if (onDisk) channel.force(true);
        }
        Files.move(next, file, ATOMIC_MOVE, REPLACE_EXISTING);
    }

    /// Deletes a folder with everything in it, without ever leaving it through a link that somebody puts there
    /// meanwhile.
    public static void erase(Path folder) throws IOException {
        for (int again = ERASE_TRIES; ; again--) {
            try {
                eraseOnce(folder);
                return;
            } catch (DirectoryNotEmptyException | NoSuchFileException somebodyIsAtWork) {
                if (again == 0) throw somebodyIsAtWork;
            }
        }
    }

    private static void eraseOnce(Path folder) throws IOException {
        if (Files.notExists(folder, NOFOLLOW_LINKS)) return;
        try (var parent = Files.newDirectoryStream(parent(folder))) {
            erase((SecureDirectoryStream<Path>) parent, folder.getFileName());
        }
    }

    private static void erase(SecureDirectoryStream<Path> parent, Path name) throws IOException {
        var attributes = parent.getFileAttributeView(name, BasicFileAttributeView.class, NOFOLLOW_LINKS);
        if (!attributes.readAttributes().isDirectory()) {
            parent.deleteFile(name);
            return;
        }
        try (var children = parent.newDirectoryStream(name, NOFOLLOW_LINKS)) {
            for (var child : children) erase(children, child.getFileName());
        }
        parent.deleteDirectory(name);
    }

    /// Gives a folder and everything in it to a user. Only root can.
    static void giveAway(Path folder, int uid, int gid) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                return give(file);
            }

            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                return give(dir);
            }

            private FileVisitResult give(Path path) throws IOException {
                Files.setAttribute(path, "unix:uid", uid, NOFOLLOW_LINKS);
                Files.setAttribute(path, "unix:gid", gid, NOFOLLOW_LINKS);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    static int uid(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid", NOFOLLOW_LINKS);
    }

    private static Path parent(Path path) {
        return Objects.requireNonNull(path.toAbsolutePath().getParent());
    }
}

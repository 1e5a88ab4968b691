package sluice.kernels.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/// The short-lived folder of one process on the host. What lies in it is the node's; `x` below it is shared with the
/// process and belongs to the owner. Paths of sockets are at most 107 bytes, hence the short names.
/// @param id of the kernel or app
public record Room(String id, Path host) {
    private static final String SHARED = "x";

    private static final int LONGEST_NAME = 40;

    /// Where that id's room is, there or not.
    public static Room of(Path rooms, String id) {
        return new Room(id, rooms.resolve(id.length() <= LONGEST_NAME ? id : Digest.hex(id, LONGEST_NAME)));
    }

    /// The part the process sees.
    public Path shared() {
        return host.resolve(SHARED);
    }

    /// Makes an empty room, in place of what an earlier life left. Its shared part is still the node's, see
    /// [#handOver].
    public void furnish() throws IOException {
        Folders.erase(host);
        Files.createDirectory(host, Folders.PRIVATE);
        Files.createDirectory(shared(), Folders.PRIVATE);
    }

    /// Puts a file where the process can read it.
    public void put(String name, String content) throws IOException {
        Files.createDirectories(shared().resolve(name).getParent());
        write(shared().resolve(name), content, Folders.SECRET);
    }

    /// Puts a file where the process does not see it; the sandbox may show it.
    Path keep(String name, String content) throws IOException {
        return write(host.resolve(name), content, Folders.PUBLIC);
    }

    /// Gives the shared part to the owner. The node must write nothing there afterwards: it could be led elsewhere.
    void handOver(Owner owner) throws IOException {
        Folders.giveAway(shared(), owner.uid(), owner.gid());
    }

    /// Lets other users through to the shared part, where no sandbox brings them in.
    void openTheWay() throws IOException {
        Files.setPosixFilePermissions(host, PosixFilePermissions.fromString("rwx--x--x"));
    }

    public void erase() {
        try {
            Folders.erase(host);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove " + host, e);
        }
    }

    private static Path write(Path file, String content, FileAttribute<?> mode) throws IOException {
        Files.createFile(file, mode);
        return Files.write(file, content.getBytes(StandardCharsets.UTF_8), StandardOpenOption.WRITE);
    }
}

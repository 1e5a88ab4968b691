package sluice.gateway.up;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sluice.gateway.config.Places;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// `ready.json`: where the pool on this data folder is, for programs. It is there exactly while the pool serves.
/// @param token the administrator's; null where that account is disabled
/// @param pids of `up`, `gateway`, `node`, and `database` where it is embedded
/// @param ports `http`
public record ReadyFile(String url, @Nullable String token, Map<String, Long> pids, Map<String, Integer> ports) {
    private static final JsonMapper JSON = JsonMapper.shared();

    public static Optional<ReadyFile> read(Places places) {
        return read(places.ready());
    }

    /// What that file says; empty when there is none.
    public static Optional<ReadyFile> read(Path file) {
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), ReadyFile.class));
        } catch (IOException | JacksonException none) {
            return Optional.empty();
        }
    }

    void write(Places places) {
        writePrivately(places.ready(), JSON.writeValueAsBytes(this));
    }

    /// Puts a file there whole, readable by its owner alone.
    public static void writePrivately(Path file, byte[] content) {
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        var part = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(part);
            try (var out =
                    Files.newByteChannel(part, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
                out.write(ByteBuffer.wrap(content));
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }
}

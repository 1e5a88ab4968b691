package sluice.gateway.up;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import sluice.gateway.config.Places;

/// One supervisor at a time on a data folder. The operating system lets the lock go when its holder dies.
final class PoolLock implements AutoCloseable {
    private final FileChannel file;

    private PoolLock(FileChannel file) {
        this.file = file;
    }

    /// @throws StartFailed naming who holds it
    static PoolLock take(Places places) {
        try {
            var file = FileChannel.open(
                    places.lock(), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!locked(file)) {
                file.close();
                throw new StartFailed(heldBy(places));
            }
            file.truncate(0);
            file.write(StandardCharsets.UTF_8.encode(ProcessHandle.current().pid() + "\n"));
            return new PoolLock(file);
        } catch (IOException e) {
            throw new StartFailed("cannot lock %s: %s".formatted(places.lock(), e.getMessage()), e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static boolean locked(FileChannel file) throws IOException {
        try {
            return file.tryLock() != null;
        } catch (OverlappingFileLockException held) { // by this very program
            return false;
        }
    }

    private static String heldBy(Places places) {
        var where = ReadyFile.read(places)
                .map(ready -> " and serves " + ready.url())
                .orElse(", which is still starting");
        return "a pool already runs on %s: process %s%s. Stop it first (Ctrl-C or kill %2$s), or give this one a folder of its own with --data"
                .formatted(places.data(), pid(places.lock()), where);
    }

    private static String pid(Path lock) {
        try {
            return Files.readString(lock).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}

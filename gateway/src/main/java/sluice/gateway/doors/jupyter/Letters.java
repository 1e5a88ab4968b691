package sluice.gateway.doors.jupyter;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.sandbox.Folders;

/// What clients have sent to kernels that do not run yet, in a file each, where a killed gateway leaves it. A message
/// is in the file before its client hears that it was taken, and out of it before its kernel gets it: a cell may be
/// lost where two kills meet, but it never runs twice.
public final class Letters {
    private static final Logger LOG = LoggerFactory.getLogger(Letters.class);

    private final Path folder;

    /// @param session whose it is
    record Letter(String session, byte[] v1) {}

    private Letters(Path folder) {
        this.folder = folder;
    }

    /// Opens the folder, made when it is not there.
    public static Letters open(Path folder) throws IOException {
        return new Letters(Files.createDirectories(folder, Folders.PRIVATE));
    }

    /// The kernels for which there is something.
    List<String> kernels() {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Letter> to(String kernel) {
        var letters = new ArrayList<Letter>();
        var file = folder.resolve(kernel);
        if (!Files.exists(file)) return letters;
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            while (true) {
                var session = in.readUTF();
                var v1 = in.readNBytes(in.readInt());
                letters.add(new Letter(session, v1));
            }
        } catch (EOFException end) {
            // What a kill has cut off must not stand before what comes next.
            keepOnly(kernel, letters);
            return letters;
        } catch (IOException e) {
            LOG.warn("what was sent to kernel {} before it ran cannot be read: {}", kernel, e.toString());
            return letters;
        }
    }

    void add(String kernel, Letter letter) {
        write(kernel, List.of(letter), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /// What was kept besides these is taken back.
    void keepOnly(String kernel, List<Letter> letters) {
        if (letters.isEmpty()) forget(kernel);
        else write(kernel, letters, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    void forget(String kernel) {
        try {
            Files.deleteIfExists(folder.resolve(kernel));
        } catch (IOException e) {
            LOG.warn("what was sent to kernel {} before it ran cannot be removed: {}", kernel, e.toString());
        }
    }

    private void write(String kernel, List<Letter> letters, StandardOpenOption... how) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes);
                var file = Files.newOutputStream(folder.resolve(kernel), how)) {
            for (var letter : letters) {
                out.writeUTF(letter.session());
                out.writeInt(letter.v1().length);
                out.write(letter.v1());
            }
            file.write(bytes.toByteArray());
        } catch (IOException e) {
            LOG.warn("what was sent to kernel {} is only kept in memory: {}", kernel, e.toString());
        }
    }
}

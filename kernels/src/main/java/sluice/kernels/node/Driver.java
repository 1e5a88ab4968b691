package sluice.kernels.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.sandbox.Folders;
import sluice.metrics.gpu.Gpus;
import sluice.metrics.gpu.GpusUnavailable;

/// Opens the cards' driver. A driver is foreign code in this program: one that crashes when it is opened takes the node
/// with it, and would again at every start. So what is about to be opened is written down first, and after two ends in
/// the middle of it the node does without, and says so, until the machine starts anew or somebody asks for another try.
final class Driver {
    private static final Logger LOG = LoggerFactory.getLogger(Driver.class);
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int TRIES = 2;

    private final Path mark;

    /// @param data the node's folder
    Driver(Path data) {
        mark = data.resolve("driver.opening");
    }

    /// @param spec which cards, as [Gpus#open] reads it
    /// @throws IOException the cards that were asked for cannot be had, with the reason
    Gpus open(String spec) throws IOException {
        try {
            if (spec.equals("none") || spec.startsWith("simulated")) return Gpus.open(spec);
            int crashes = crashes();
            if (crashes >= TRIES) return without(spec, crashes);
            note(crashes + 1);
            var gpus = Gpus.open(spec);
            Files.deleteIfExists(mark);
            return gpus;
        } catch (GpusUnavailable | IllegalArgumentException e) {
            Files.deleteIfExists(mark);
            throw new IOException("gpus: %s: %s".formatted(spec, e.getMessage()), e);
        }
    }

    private Gpus without(String spec, int crashes) throws IOException {
        var why =
                "The GPU driver's library ended this program %d times while it was opened: mend or update the driver, then remove %s"
                        .formatted(crashes, mark);
        if (!spec.equals("auto")) throw new IOException("gpus: %s: %s".formatted(spec, why));
        LOG.warn("{}", why);
        return Gpus.none(why);
    }

    /// A line with the machine's boot and how often it was tried in it.
    private void note(int tries) throws IOException {
        Files.createDirectories(mark.toAbsolutePath().getParent(), Folders.PRIVATE);
        Files.writeString(mark, boot() + " " + tries);
        // A program that is told to end has not crashed.
        mark.toFile().deleteOnExit();
    }

    private int crashes() throws IOException {
        try {
            var words = Files.readString(mark).strip().split(" ");
            return words.length == 2 && words[0].equals(boot()) ? Integer.parseInt(words[1]) : 0;
        } catch (NoSuchFileException | NumberFormatException none) {
            return 0;
        }
    }

    private static String boot() {
        try {
            return Optional.of(Files.readString(BOOT).strip())
                    .filter(id -> !id.isEmpty())
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}

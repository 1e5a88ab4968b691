package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Homes that are disks of their own: an ext4 image for each, as large as a home may be and taking as much as is in it,
/// mounted while something of its owner runs. A full one says "No space left on device", as every disk does.
final class ImageHomes implements Homes {
    private static final Logger LOG = LoggerFactory.getLogger(ImageHomes.class);

    /// What the file system itself needs of a disk, at most.
    private static final double OVERHEAD = 0.10;

    private static final long PROBE_BYTES = 16L << 20;

    private final Path homes;
    private final Path images;
    private final long bytes;

    /// @param bytes 0 makes no new images, and grows none
    ImageHomes(Path homes, Path images, long bytes) {
        this.homes = homes;
        this.images = images;
        this.bytes = bytes;
    }

    /// Why this machine cannot do it, or empty when it can.
    static Optional<String> probe(Path images) throws IOException {
        Files.createDirectories(images, Folders.PRIVATE);
        // No person's name begins with a dot.
        var trial = new HomeImage(images, images, ".probe");
        try {
            trial.recover();
            trial.make(PROBE_BYTES);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } finally {
            trial.erase();
        }
    }

    @Override
    public Path ready(String name, boolean used) throws IOException {
        var image = new HomeImage(homes, images, name);
        var home = image.home();
        if (!image.mounted()) {
            image.recover();
            if (!image.exists() && !begin(image, used)) return home;
            image.mount(bytes);
        }
        return home;
    }

    /// Makes an image, of the files there are. Whether there is one now; the home is a plain folder otherwise.
    private boolean begin(HomeImage image, boolean used) throws IOException {
        var home = image.home();
        if (Files.notExists(home)) Files.createDirectory(home, Folders.PRIVATE);
        if (bytes == 0) return false;
        if (HomeImage.empty(home)) {
            image.make(bytes);
            return true;
        }
        if (used) {
            LOG.info("{} is limited as soon as nothing of its owner runs", home);
            return false;
        }
        var held = HostCommand.diskUsage(home);
        if (held > bytes * (1 - OVERHEAD)) {
            LOG.warn(
                    "{} holds {} MiB, too much for limits.home ({} MiB): it stays without a limit",
                    home,
                    held >> 20,
                    bytes >> 20);
            return false;
        }
        try {
            image.takeOver(bytes);
            LOG.info("{} is limited now", home);
            return true;
        } catch (IOException e) {
            LOG.warn("{} stays without a limit: {}", home, e.getMessage());
            image.recover();
            return false;
        }
    }

    @Override
    public void leave(String name) {
        var image = new HomeImage(homes, images, name);
        try {
            if (image.mounted()) image.unmount();
        } catch (IOException stillUsed) {
            LOG.info("{} stays mounted: {}", image.home(), stillUsed.getMessage());
        }
    }

    @Override
    public void tidy(Set<String> inUse) {
        try (Stream<Path> names = Files.list(images)) {
            names.map(each -> each.getFileName().toString())
                    .filter(name -> !inUse.contains(name))
                    .forEach(this::leave);
        } catch (IOException e) {
            LOG.warn("Cannot look for homes that nobody uses: {}", e.getMessage());
        }
    }

    @Override
    public Optional<String> warning() {
        return Optional.empty();
    }
}

package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// Where people's files are: a folder each, `DATA/homes/<name>`, however it is kept from growing.
public sealed interface Homes permits PlainHomes, ImageHomes {
    /// The owner's home, with all their files in it. One at a time for each name.
    /// @param used whether something that was started earlier sees the home as it is now
    /// @throws IOException it cannot be had, with words for the people who run this node
    Path ready(String name, boolean used) throws IOException;

    /// Nothing of that owner runs any more.
    void leave(String name);

    /// Puts away what an earlier node left open, save for those who have something running.
    void tidy(Set<String> inUse);

    /// Why homes are not limited though they should be.
    Optional<String> warning();

    /// Takes the way that works on this machine.
    /// @param bytes what a home may hold, 0 for as much as there is
    static Homes open(Path data, long bytes, boolean root) throws IOException {
        var homes = Files.createDirectories(data.resolve("homes")).toRealPath();
        var images = data.toRealPath().resolve("home-images");
        // Homes that once were limited stay in their images.
        if (bytes == 0 && Files.notExists(images)) return new PlainHomes(homes, images, Optional.empty());
        var obstacle = root ? ImageHomes.probe(images) : Optional.of("only root can mount disk images");
        if (obstacle.isEmpty()) return new ImageHomes(homes, images, bytes);
        var warning = bytes == 0
                ? Optional.<String>empty()
                : Optional.of("Homes may grow without limit, limits.home cannot be enforced here: " + obstacle.get());
        return new PlainHomes(homes, images, warning);
    }
}

package sluice.kernels.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// Homes that are folders, and share the disk that they are on.
record PlainHomes(Path homes, Path images, Optional<String> warning) implements Homes {
    @Override
    public Path ready(String name, boolean used) throws IOException {
        if (new HomeImage(homes, images, name).holdsFiles())
            throw new IOException("the files are in a disk image below %s, which only root can mount: start the node as"
                            .formatted(images.resolve(name))
                    + " root, as before");
        var home = homes.resolve(name);
        if (Files.notExists(home)) Files.createDirectory(home, Folders.PRIVATE);
        return home;
    }

    @Override
    public void leave(String name) {}

    @Override
    public void tidy(Set<String> inUse) {}
}

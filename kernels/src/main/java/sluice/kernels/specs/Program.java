package sluice.kernels.specs;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where on this machine a program is, and what it needs around it.
public final class Program {
    private static final Pattern PYTHON = Pattern.compile("python[0-9.]*");
    private static final int LINKS = 16;

    private Program() {}

    /// The file that a command's first word means. `python` means the environment's own, whatever the PATH says.
    public static Optional<Path> find(String word, @Nullable Path prefix, String path) {
        if (word.contains("/")) return Optional.of(Path.of(word)).filter(Files::isExecutable);
        var own = prefix == null || !PYTHON.matcher(word).matches()
                ? Stream.<Path>empty()
                : Stream.of(prefix.resolve("bin").resolve(word), prefix.resolve("bin/python"));
        var others = Stream.of(path.split(File.pathSeparator))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, word));
        return Stream.concat(own, others)
                .filter(file -> Files.isExecutable(file) && Files.isRegularFile(file))
                .findFirst();
    }

    /// The folders a program must be able to read: the installation it lies in, and each one that its links lead
    /// through. A virtual environment's python is such a link.
    public static Set<Path> surroundings(Path program) {
        var folders = new LinkedHashSet<Path>();
        var file = program.toAbsolutePath().normalize();
        for (int links = 0; links < LINKS; links++) {
            folders.add(installation(file));
            try {
                if (!Files.isSymbolicLink(file)) break;
                file = file.resolveSibling(Files.readSymbolicLink(file)).normalize();
            } catch (IOException gone) {
                break;
            }
        }
        folders.add(installation(real(program)));
        return folders;
    }

    /// `/opt/conda` for `/opt/conda/bin/python`, but never somebody's whole home for `~/bin/tool`.
    private static Path installation(Path file) {
        var folder = file.getParent();
        if (folder == null) return file;
        var above = folder.getParent();
        var home = above == null || above.getNameCount() < 2 || above.startsWith("/home") && above.getNameCount() < 3;
        return folder.endsWith("bin") && above != null && !home ? above : folder;
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException gone) {
            return file;
        }
    }
}

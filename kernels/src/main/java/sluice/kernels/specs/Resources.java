package sluice.kernels.specs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import sluice.kernels.link.NodeProblem;

/// Files beside a `kernel.json` that browsers load: logos, and code for notebooks of that language.
public final class Resources {
    private static final long LARGEST = 4 << 20;
    private static final Map<String, String> TYPES = Map.of(
            "png", "image/png",
            "svg", "image/svg+xml",
            "jpg", "image/jpeg",
            "gif", "image/gif",
            "js", "text/javascript",
            "css", "text/css",
            "json", "application/json",
            "txt", "text/plain",
            "md", "text/markdown");

    private Resources() {}

    public record Resource(byte[] content, String mime) {}

    /// Names of the files Jupyter offers to browsers.
    public static List<String> names(KernelSpec spec) {
        try (Stream<Path> files = Files.list(spec.folder())) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("logo-") || name.equals("kernel.js") || name.equals("kernel.css"))
                    .sorted()
                    .toList();
        } catch (IOException gone) {
            return List.of();
        }
    }

    /// Any file below the spec's folder, and nothing outside it however the path or a link tries.
    public static Resource read(KernelSpec spec, String path) {
        try {
            var folder = spec.folder().toRealPath();
            var file = folder.resolve(path).toRealPath();
            if (!file.startsWith(folder) || !Files.isRegularFile(file) || Files.size(file) > LARGEST)
                throw missing(spec, path);
            return new Resource(Files.readAllBytes(file), type(file));
        } catch (IOException | InvalidPathException e) {
            throw missing(spec, path);
        }
    }

    private static NodeProblem missing(KernelSpec spec, String path) {
        return new NodeProblem("unknown-spec", "Kernel spec %s has no file %s".formatted(spec.name(), path));
    }

    private static String type(Path file) {
        var name = file.getFileName().toString();
        var ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(ending, "application/octet-stream");
    }
}

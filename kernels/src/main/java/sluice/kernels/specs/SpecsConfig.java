package sluice.kernels.specs;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where kernelspecs are looked for; the first one of a name counts.
/// @param jupyterPath data folders that come before all others (`JUPYTER_PATH`)
/// @param environments prefixes of Python environments, best first
/// @param userFolder the data folder of whom the node runs as (`JUPYTER_DATA_DIR`), or null
/// @param userFirst whether that one comes before the environments (`JUPYTER_PREFER_ENV_PATH=0`)
public record SpecsConfig(
        List<Path> jupyterPath,
        List<Path> environments,
        @Nullable Path userFolder,
        boolean userFirst,
        List<Path> systemPrefixes) {

    /// As Jupyter would look in an environment of its own, given the variables that it heeds.
    public static SpecsConfig of(Map<String, String> env) {
        var path = env.getOrDefault("JUPYTER_PATH", "");
        var home = env.getOrDefault("HOME", "/");
        return new SpecsConfig(
                Stream.of(path.split(File.pathSeparator))
                        .filter(folder -> !folder.isBlank())
                        .map(Path::of)
                        .toList(),
                List.of(),
                Path.of(env.getOrDefault("JUPYTER_DATA_DIR", home + "/.local/share/jupyter")),
                List.of("0", "false", "no", "off").contains(env.getOrDefault("JUPYTER_PREFER_ENV_PATH", "")),
                List.of(Path.of("/usr/local"), Path.of("/usr")));
    }

    /// A folder of kernelspecs, and the environment it is part of, if any.
    record Folder(Path path, @Nullable Path prefix) {}

    List<Folder> folders() {
        var folders = new ArrayList<Folder>();
        for (var data : jupyterPath) folders.add(new Folder(data.resolve("kernels"), null));
        if (userFirst) addUser(folders);
        for (var prefix : environments) folders.add(in(prefix));
        if (!userFirst) addUser(folders);
        for (var prefix : systemPrefixes) folders.add(in(prefix));
        return folders;
    }

    private void addUser(List<Folder> folders) {
        if (userFolder != null) folders.add(new Folder(userFolder.resolve("kernels"), null));
    }

    private static Folder in(Path prefix) {
        return new Folder(prefix.resolve("share/jupyter/kernels"), prefix);
    }
}

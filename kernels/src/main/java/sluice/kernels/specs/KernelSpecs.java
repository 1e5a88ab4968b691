package sluice.kernels.specs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.specs.SpecsConfig.Folder;

/// The installed kernels. Looks at the folders anew each time, and reads only what has changed.
public final class KernelSpecs {
    private static final Logger LOG = LoggerFactory.getLogger(KernelSpecs.class);
    private static final Pattern NAME = Pattern.compile("[a-z0-9._-]+", Pattern.CASE_INSENSITIVE);
    private static final String PREFERRED = "python3";

    private final SpecsConfig config;
    private List<Found> seen = List.of();
    private Catalog catalog = new Catalog(Map.of(), Map.of());

    public KernelSpecs(SpecsConfig config) {
        this.config = config;
    }

    /// What there is.
    /// @param broken names and what is wrong with each
    public record Catalog(Map<String, KernelSpec> specs, Map<String, String> broken) {
        /// The one for callers who name none.
        public Optional<String> defaultName() {
            return specs.containsKey(PREFERRED)
                    ? Optional.of(PREFERRED)
                    : specs.keySet().stream().findFirst();
        }
    }

    private record Found(String name, Path folder, @Nullable Path prefix, FileTime changed) {}

    public synchronized Catalog catalog() {
        var found = find();
        if (!found.equals(seen)) {
            catalog = read(found);
            seen = found;
        }
        return catalog;
    }

    /// The spec of that name, in any case; the default one for the empty name.
    public KernelSpec spec(String name) {
        var catalog = catalog();
        var wanted = name.isEmpty()
                ? catalog.defaultName()
                        .orElseThrow(() -> new NodeProblem("unknown-spec", "No kernel is installed on this node"))
                : name.toLowerCase(Locale.ROOT);
        var spec = catalog.specs().get(wanted);
        if (spec != null) return spec;
        var wrong = catalog.broken().get(wanted);
        if (wrong != null) throw new NodeProblem("bad-spec", "Kernel spec \"%s\" is broken: %s".formatted(name, wrong));
        throw new NodeProblem("unknown-spec", "Kernel spec %s not found".formatted(name));
    }

    private List<Found> find() {
        var found = new LinkedHashMap<String, Found>();
        for (var folder : config.folders()) {
            for (var candidate : candidates(folder)) found.putIfAbsent(candidate.name(), candidate);
        }
        return List.copyOf(found.values());
    }

    private static List<Found> candidates(Folder folder) {
        try (Stream<Path> entries = Files.list(folder.path())) {
            var candidates = new ArrayList<Found>();
            for (var entry : entries.sorted().toList()) {
                var name = entry.getFileName().toString();
                var file = entry.resolve("kernel.json");
                if (!NAME.matcher(name).matches() || !Files.isRegularFile(file)) continue;
                candidates.add(new Found(
                        name.toLowerCase(Locale.ROOT), entry, folder.prefix(), Files.getLastModifiedTime(file)));
            }
            return candidates;
        } catch (IOException unreadable) {
            return List.of();
        }
    }

    private Catalog read(List<Found> found) {
        var specs = new TreeMap<String, KernelSpec>();
        var broken = new HashMap<String, String>();
        for (var candidate : found) {
            try {
                specs.put(candidate.name(), KernelSpec.read(candidate.name(), candidate.folder(), candidate.prefix()));
            } catch (KernelSpec.Broken e) {
                broken.put(candidate.name(), String.valueOf(e.getMessage()));
                LOG.warn("Kernel spec {} is broken: {}", candidate.name(), e.getMessage());
            }
        }
        return new Catalog(specs, Map.copyOf(broken));
    }
}

package sluice.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.sandbox.Folders;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What runs on this node, written down so that the next node program finds it: one file for each kernel or app.
/// Holds keys and environments, so it is for the node's eyes only.
public final class Journal<E> {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final String ENDING = ".json";

    private final Path folder;
    private final Class<E> kind;

    private Journal(Path folder, Class<E> kind) {
        this.folder = folder;
        this.kind = kind;
    }

    public static <E> Journal<E> open(Path folder, Class<E> kind) throws IOException {
        return new Journal<>(Files.createDirectories(folder, Folders.PRIVATE), kind);
    }

    /// Writes an entry. It outlives this program, and need not outlive the machine: what it tells of does not either.
    public void enter(String id, E entry) throws IOException {
        Folders.replaceForNow(folder.resolve(id + ENDING), JsonMapper.shared().writeValueAsBytes(entry));
    }

    public void strike(String id) throws IOException {
        Files.deleteIfExists(folder.resolve(id + ENDING));
    }

    /// All entries. What cannot be read is put aside.
    public List<E> entries() throws IOException {
        var entries = new ArrayList<E>();
        for (var file : files()) {
            try {
                entries.add(JsonMapper.shared().readValue(Files.readAllBytes(file), kind));
            } catch (JacksonException e) {
                LOG.warn("{} cannot be read and is put aside: {}", file, e.getOriginalMessage());
                Files.move(file, file.resolveSibling(file.getFileName() + ".unreadable"));
            }
        }
        return entries;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> path.toString().endsWith(ENDING))
                    .sorted()
                    .toList();
        }
    }
}

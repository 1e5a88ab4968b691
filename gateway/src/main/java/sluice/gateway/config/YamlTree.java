package sluice.gateway.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLFactory;

/// A YAML file that remembers which line each thing stood on.
sealed interface YamlTree {
    int line();

    /// @param entries in the file's order, each with the line of its key
    record Section(int line, Map<String, Entry> entries) implements YamlTree {}

    record Entry(int line, YamlTree value) {}

    record Items(int line, List<YamlTree> items) implements YamlTree {}

    record Scalar(int line, String text) implements YamlTree {}

    /// `key:` with nothing after it.
    record Nothing(int line) implements YamlTree {}

    static YamlTree of(Path file) {
        try {
            return of(Files.readString(file, StandardCharsets.UTF_8), file.toString());
        } catch (NoSuchFileException e) {
            throw new BadConfig("%s does not exist".formatted(file));
        } catch (IOException e) {
            throw new BadConfig("cannot read %s: %s".formatted(file, e.getMessage()));
        }
    }

    static YamlTree of(String yaml, String file) {
        try (var parser = new YAMLFactory().createParser(tools.jackson.core.ObjectReadContext.empty(), yaml)) {
            if (parser.nextToken() == null) return new Nothing(1);
            var tree = read(parser, file);
            if (parser.nextToken() != null) {
                throw new BadConfig(
                        "%s line %d: a second document (---); settings are one".formatted(file, line(parser)));
            }
            return tree;
        } catch (JacksonException e) {
            throw notYaml(e, file);
        }
    }

    // The parser's words come in several lines: what it was doing, what is wrong, "in reader, line 2, column 1", the
    // line itself. Its own idea of the location is where it began.
    private static BadConfig notYaml(JacksonException e, String file) {
        var words = e.getOriginalMessage();
        var places =
                Pattern.compile("line (\\d+), column").matcher(words).results().toList();
        var line = places.isEmpty()
                ? String.valueOf(Math.max(1, e.getLocation().getLineNr()))
                : places.getLast().group(1);
        var wrong = words.lines()
                .map(String::strip)
                .filter(said -> said.startsWith("found") || said.startsWith("expected") || said.contains("not allowed"))
                .findFirst()
                .orElse(words.lines().findFirst().orElse("it ends too early"));
        return new BadConfig("%s line %s: this is not YAML: %s".formatted(file, line, wrong));
    }

    private static YamlTree read(JsonParser parser, String file) {
        var line = line(parser);
        return switch (parser.currentToken()) {
            case START_OBJECT -> section(parser, file, line);
            case START_ARRAY -> items(parser, file, line);
            case VALUE_NULL -> new Nothing(line);
            default ->
                parser.getString().isEmpty() && parser.currentToken() != JsonToken.VALUE_STRING
                        ? new Nothing(line)
                        : new Scalar(line, parser.getString());
        };
    }

    private static Section section(JsonParser parser, String file, int line) {
        var entries = new LinkedHashMap<String, Entry>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            var key = parser.currentName();
            var keyLine = line(parser);
            parser.nextToken();
            var earlier = entries.put(key, new Entry(keyLine, read(parser, file)));
            if (earlier != null) {
                throw new BadConfig("%s line %d: \"%s\" stands here a second time (first on line %d)"
                        .formatted(file, keyLine, key, earlier.line()));
            }
        }
        return new Section(line, entries);
    }

    private static Items items(JsonParser parser, String file, int line) {
        var items = new ArrayList<YamlTree>();
        while (parser.nextToken() != JsonToken.END_ARRAY) items.add(read(parser, file));
        return new Items(line, items);
    }

    private static int line(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }
}

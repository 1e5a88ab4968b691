package sluice.gateway.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sluice.gateway.config.YamlTree.Entry;
import sluice.gateway.config.YamlTree.Items;
import sluice.gateway.config.YamlTree.Nothing;
import sluice.gateway.config.YamlTree.Scalar;
import sluice.gateway.config.YamlTree.Section;

/// Lays a file's settings over the defaults. A key is a record component's name with dashes.
final class ConfigReader {
    private final String file;

    ConfigReader(String file) {
        this.file = file;
    }

    /// @param tree the whole file
    /// @param defaults what holds where the file says nothing
    <T extends Record> T read(YamlTree tree, T defaults) {
        return section(tree, defaults, "the file");
    }

    static String key(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private <T extends Record> T section(YamlTree tree, T defaults, String name) {
        return switch (tree) {
            case Nothing _ -> defaults; // a heading whose every line is a comment
            case Section section -> overlay(section, defaults, name);
            case Items items -> throw bad(items.line(), "%s holds settings (key: value), not a list".formatted(name));
            case Scalar scalar ->
                throw bad(scalar.line(), "%s holds settings (key: value), not \"%s\"".formatted(name, scalar.text()));
        };
    }

    private <T extends Record> T overlay(Section section, T defaults, String name) {
        var components = defaults.getClass().getRecordComponents();
        for (var written : section.entries().entrySet()) {
            if (Arrays.stream(components).noneMatch(component -> key(component).equals(written.getKey()))) {
                throw bad(
                        written.getValue().line(),
                        "no setting is called \"%s\" here%s"
                                .formatted(written.getKey(), Suggestion.of(written.getKey(), defaults)));
            }
        }
        var values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            var written = section.entries().get(key(components[i]));
            var usual = value(components[i], defaults);
            values[i] = written == null ? usual : setting(written, components[i], usual);
        }
        return build(defaults, components, values, section, name);
    }

    private Object setting(Entry written, RecordComponent component, Object usual) {
        var key = key(component);
        if (usual instanceof Record section && !(usual instanceof Size)) return section(written.value(), section, key);
        if (usual instanceof Map<?, ?> named) return named(written.value(), named, key);
        return switch (written.value()) {
            case Nothing _ -> usual;
            case Scalar scalar when usual instanceof List<?> -> List.of(scalar.text());
            case Items items when usual instanceof List<?> -> texts(items, key);
            case Scalar scalar -> parsed(scalar, key, usual);
            case Items items -> throw bad(items.line(), "%s takes one value, not a list".formatted(key));
            case Section section ->
                throw bad(section.line(), "%s takes a value, not settings of its own".formatted(key));
        };
    }

    /// Sections under names of the file's own choice. They take the place of the usual ones, all of them.
    private Object named(YamlTree tree, Map<?, ?> usual, String key) {
        if (tree instanceof Nothing) return usual;
        if (!(tree instanceof Section section))
            throw bad(tree.line(), "%s holds a name for each, and settings below it".formatted(key));
        var read = new LinkedHashMap<String, Record>();
        section.entries()
                .forEach((name, entry) -> read.put(name, section(entry.value(), FlavourSettings.DEFAULT, name)));
        return read;
    }

    private List<String> texts(Items items, String key) {
        var texts = new ArrayList<String>();
        for (var item : items.items()) {
            if (!(item instanceof Scalar scalar)) throw bad(item.line(), "%s is a list of words".formatted(key));
            texts.add(scalar.text());
        }
        return texts;
    }

    private Object parsed(Scalar scalar, String key, Object usual) {
        var text = scalar.text().strip();
        try {
            return switch (usual) {
                case String _ -> scalar.text();
                case Integer _ -> Integer.parseInt(text.replace("_", ""));
                case Double _ -> Double.parseDouble(text);
                case Boolean _ -> yesOrNo(text);
                case Size _ -> Size.of(text);
                case Duration _ -> Span.of(text);
                case Enum<?> constant -> oneOf(text, constant);
                default -> throw new IllegalStateException("no way to read a " + usual.getClass());
            };
        } catch (NumberFormatException e) {
            throw bad(scalar.line(), "%s must be a number, not \"%s\"".formatted(key, text));
        } catch (IllegalArgumentException e) {
            throw bad(scalar.line(), "%s: %s".formatted(key, e.getMessage()));
        }
    }

    private static boolean yesOrNo(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false, not \"%s\"".formatted(text));
        };
    }

    private static Object oneOf(String text, Enum<?> usual) {
        var constants = usual.getDeclaringClass().getEnumConstants();
        for (var constant : constants) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(text)) return constant;
        }
        var names = Arrays.stream(constants)
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
        throw new IllegalArgumentException("must be %s, not \"%s\"".formatted(String.join(" or ", names), text));
    }

    @SuppressWarnings("unchecked")
    private <T extends Record> T build(
            T defaults, RecordComponent[] components, Object[] values, Section section, String name) {
        var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return (T) defaults.getClass().getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof BadValue value)) throw new IllegalStateException("section " + name, e);
            var written = section.entries().get(value.key());
            var line = written == null ? section.line() : written.line();
            throw bad(line, "%s %s".formatted(value.key(), value.getMessage()));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("section " + name, e);
        }
    }

    private static Object value(RecordComponent component, Record of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(component.toString(), e);
        }
    }

    private BadConfig bad(int line, String what) {
        return new BadConfig("%s line %d: %s".formatted(file, line, what));
    }
}

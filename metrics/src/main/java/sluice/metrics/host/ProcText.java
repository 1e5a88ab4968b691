package sluice.metrics.host;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Small files the kernel makes up while they are read. They come and go, so a missing one is an answer, not an
/// error.
final class ProcText {
    private ProcText() {}

    static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file, ISO_8859_1));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    static List<String> lines(Path file) {
        return read(file).map(text -> text.lines().toList()).orElse(List.of());
    }

    /// The only number in a file. Empty for words like `max`.
    static OptionalLong number(Path file) {
        return read(file).map(text -> parse(text.strip())).orElse(OptionalLong.empty());
    }

    /// The number after `name ` in a file of such lines.
    static OptionalLong number(Path file, String name) {
        for (var line : lines(file)) {
            if (line.startsWith(name) && line.length() > name.length() && line.charAt(name.length()) == ' ') {
                return parse(line.substring(name.length() + 1).strip());
            }
        }
        return OptionalLong.empty();
    }

    private static OptionalLong parse(String number) {
        try {
            return OptionalLong.of(Long.parseLong(number));
        } catch (NumberFormatException word) {
            return OptionalLong.empty();
        }
    }
}

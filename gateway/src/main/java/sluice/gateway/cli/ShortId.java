package sluice.gateway.cli;

import java.util.List;

/// As much of an id as a table has room for; every command takes it.
final class ShortId {
    private static final int LENGTH = 8;

    private ShortId() {}

    /// The one id that begins so.
    /// @param noun what they are the ids of
    /// @param shown how to see them: `sluice kernel list shows them`
    /// @throws CannotDo when none does, or several
    static String whole(String beginning, List<String> ids, String noun, String shown) {
        var matching = ids.stream().filter(id -> id.startsWith(beginning)).toList();
        return switch (matching.size()) {
            case 1 -> matching.getFirst();
            case 0 -> throw new CannotDo("no %s's id begins with \"%s\" (%s)".formatted(noun, beginning, shown));
            default ->
                throw new CannotDo(
                        "%d %ss' ids begin with \"%s\"; give more of it".formatted(matching.size(), noun, beginning));
        };
    }

    static String of(String id) {
        return id.length() > LENGTH ? id.substring(0, LENGTH) : id;
    }
}

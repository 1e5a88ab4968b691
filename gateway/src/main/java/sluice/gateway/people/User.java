package sluice.gateway.people;

import java.time.Instant;
import java.util.regex.Pattern;

/// Someone with an account.
/// @param name also a URL segment, a folder name and the owner written on kernels, so it never changes
public record User(long id, String name, String displayName, Role role, boolean disabled, Instant createdAt) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,31}");

    /// Whether anybody could be called that. What could not be a name is not looked up.
    static boolean couldBeName(String name) {
        return NAME.matcher(name).matches();
    }

    /// The name, if it can be one.
    /// @throws Refused saying what a name looks like
    static String checkName(String name) {
        if (!couldBeName(name))
            throw Refused.badRequest("A name is 1 to 32 of a-z, 0-9, _ and -, and starts with a letter");
        return name;
    }

    /// A text a person chose to be shown, trimmed.
    /// @throws Refused when it is empty, long or has control characters
    static String checkShown(String what, String text) {
        var trimmed = text.strip();
        if (trimmed.isEmpty()
                || text.codePointCount(0, text.length()) > 100
                || text.chars().anyMatch(Character::isISOControl))
            throw Refused.badRequest("The %s is 1 to 100 characters, none of them control characters".formatted(what));
        return trimmed;
    }
}

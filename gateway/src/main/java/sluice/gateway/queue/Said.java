package sluice.gateway.queue;

import java.util.regex.Pattern;

/// The scheduler's sentences as people read them.
public final class Said {
    /// A kernel's id; its beginning is enough for every command.
    private static final Pattern ID =
            Pattern.compile("\\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b");

    private Said() {}

    /// With a capital, and ids no longer than they need be.
    public static String plainly(String reason) {
        if (reason.isEmpty()) return reason;
        var shorter = ID.matcher(reason).replaceAll("$1");
        return Character.toUpperCase(shorter.charAt(0)) + shorter.substring(1);
    }
}

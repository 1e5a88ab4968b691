package sluice.gateway.sessions;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Refused;

/// A folder inside its owner's home, from the paths that clients name: always relative, never above the home.
final class HomePath {
    private static final int LONGEST = 4096;

    private HomePath() {}

    /// A path in a client's own words (`/` is the home), or null for the home itself.
    /// @throws Refused for a path that leads out of the home
    static @Nullable String of(String path) {
        if (path.length() > LONGEST) throw Refused.badRequest("path is longer than %d characters".formatted(LONGEST));
        if (path.chars().anyMatch(c -> c < ' ' || c == 0x7f)) throw Refused.badRequest("path has control characters");
        var parts = new ArrayList<String>();
        for (var part : path.split("/")) {
            switch (part) {
                case "", "." -> {}
                case ".." -> {
                    if (parts.isEmpty()) throw Refused.badRequest("path leads out of your home");
                    parts.removeLast();
                }
                default -> parts.add(part);
            }
        }
        return parts.isEmpty() ? null : String.join("/", parts);
    }

    /// The folder that a document lies in. Some clients' documents are on disks of their own and have paths to match
    /// (`../../work/a.ipynb`), or are no paths at all: then it is the home.
    static String folderOf(String document) {
        var folder = document.contains("/") ? document.substring(0, document.lastIndexOf('/')) : "";
        return within(folder) ? folder : "";
    }

    /// What an absolute path of some machine means in the home: the part below one of the home's names, or null
    /// where it is a path of the client's own disk, which says nothing here.
    static @Nullable String below(List<String> homes, String absolute) {
        for (var home : homes) {
            if (absolute.equals(home)) return null;
            var rest = absolute.startsWith(home + "/") ? absolute.substring(home.length()) : "";
            if (!rest.isEmpty() && within(rest)) return of(rest);
        }
        return null;
    }

    private static boolean within(String path) {
        try {
            of(path);
            return true;
        } catch (Refused outside) {
            return false;
        }
    }
}

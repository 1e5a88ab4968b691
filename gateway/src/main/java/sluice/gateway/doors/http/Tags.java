package sluice.gateway.doors.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// Entity tags, so that a client which polls is told "not modified" in a few bytes.
final class Tags {
    private Tags() {}

    static String of(byte[] body) {
        try {
            var digest = MessageDigest.getInstance("SHA-1").digest(body);
            return '"' + Base64.getUrlEncoder().withoutPadding().encodeToString(digest) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    static String of(long version) {
        return "\"" + version + '"';
    }

    static boolean matches(@Nullable String ifNoneMatch, String tag) {
        if (ifNoneMatch == null) return false;
        if (ifNoneMatch.strip().equals("*")) return true;
        for (var one : ifNoneMatch.split(","))
            if (one.strip().replaceFirst("^W/", "").equals(tag)) return true;
        return false;
    }
}

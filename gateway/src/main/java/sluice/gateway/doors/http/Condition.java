package sluice.gateway.doors.http;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Refused;

/// On what a change depends, as `If-Match` and `If-None-Match` say it, for things whose ETag is their version.
/// @param ifMatch the header, or null
/// @param ifNoneMatch the header, or null
public record Condition(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
    private static final Pattern VERSION = Pattern.compile("(?:W/)?\"?(\\d{1,18})\"?");
    private static final long NEVER_THERE = -1;

    static Condition of(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
        return new Condition(ifMatch, ifNoneMatch);
    }

    /// The version that it must have: 0 where it must not be there yet, null where anything will do. A tag that is
    /// none of ours matches nothing.
    /// @throws Refused for what does not say one version
    public @Nullable Long expectedVersion() {
        if (ifMatch != null && ifNoneMatch != null) throw Refused.badRequest("Say either If-Match or If-None-Match");
        if (ifNoneMatch != null) {
            if (ifNoneMatch.strip().equals("*")) return 0L;
            throw Refused.badRequest("If-None-Match can only be * here: to make what is not there yet");
        }
        if (ifMatch == null || ifMatch.strip().equals("*")) return null;
        if (ifMatch.indexOf(',') >= 0) throw Refused.badRequest("If-Match must name one version");
        var version = VERSION.matcher(ifMatch.strip());
        return version.matches() ? Long.parseLong(version.group(1)) : NEVER_THERE;
    }
}

package sluice.gateway.doors.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Refused;

/// Proof that a change was asked for by a page of ours: it repeats the value of a cookie that only such a page
/// can read. Asked of browsers that are signed in by cookie; a request with a token of its own proves enough by
/// that.
final class Xsrf {
    static final String NAME = "_xsrf"; // what JupyterLab looks for
    private static final SecureRandom RANDOM = new SecureRandom();

    private Xsrf() {}

    static String fresh() {
        var bytes = new byte[16];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /// The cookie that pages repeat; they must be able to read it.
    static String cookie(String value, HttpSettings settings, boolean tls) {
        var login = settings.login();
        return LoginCookie.header(
                NAME, value, settings.basePath() + "/", login.cookieLife(), login.secureCookie() || tls, false);
    }

    /// @param cookies all `_xsrf` cookies the browser sent: a page's own server may have set one more
    /// @param repeated what the request says, null for nothing
    /// @throws Refused when they do not match
    static void check(Collection<String> cookies, @Nullable String repeated) {
        if (repeated == null || repeated.isEmpty()) throw Refused.forbidden("'_xsrf' argument missing");
        var said = repeated.getBytes(StandardCharsets.UTF_8);
        var match = false;
        for (var cookie : cookies)
            match |= cookie.length() >= 8 && MessageDigest.isEqual(cookie.getBytes(StandardCharsets.UTF_8), said);
        if (!match) throw Refused.forbidden("XSRF cookie does not match the _xsrf argument: reload the page");
    }
}

package sluice.gateway.doors.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The cookie of somebody who signed in with a browser: it names the token they used and is signed by us. It holds no
/// secret of theirs, and ends with the token.
final class LoginCookie {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\.(\\d{1,12})\\.([A-Za-z0-9_-]{43})");

    private final SecretKeySpec key;

    LoginCookie(byte[] key) {
        this.key = new SecretKeySpec(key, "HmacSHA256");
    }

    /// One browser may be signed in to several pools of one machine, and cookies do not tell ports apart.
    static String name(int port) {
        return "sluice-" + port;
    }

    String seal(long tokenId, Instant until) {
        var said = tokenId + "." + until.getEpochSecond();
        return said + "." + signature(said);
    }

    /// The token it names, if we signed it and it has not run out.
    OptionalLong open(String cookie, Instant now) {
        var form = FORM.matcher(cookie);
        if (!form.matches()) return OptionalLong.empty();
        var expected = signature(form.group(1) + "." + form.group(2));
        var same = MessageDigest.isEqual(
                expected.getBytes(StandardCharsets.US_ASCII), form.group(3).getBytes(StandardCharsets.US_ASCII));
        if (!same || now.getEpochSecond() >= Long.parseLong(form.group(2))) return OptionalLong.empty();
        return OptionalLong.of(Long.parseLong(form.group(1)));
    }

    static String header(String name, String value, String path, Duration lifetime, boolean secure, boolean hidden) {
        return "%s=%s; Path=%s; Max-Age=%d; SameSite=Lax%s%s"
                .formatted(
                        name, value, path, lifetime.toSeconds(), secure ? "; Secure" : "", hidden ? "; HttpOnly" : "");
    }

    private String signature(String said) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            var bytes = mac.doFinal(("login " + said).getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}

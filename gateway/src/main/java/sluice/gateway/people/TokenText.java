package sluice.gateway.people;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.regex.Pattern;

/// How a token is written: `slu_` and 40 small letters and digits (200 bits), so a leaked one can be searched for.
/// Capitals would not survive in an address: jupyter_server makes its gateway's WebSocket address by
/// `url.lower().replace("http", "ws")`, token and all.
final class TokenText {
    static final String MARK = "slu_";
    static final int PREFIX = 8;

    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int LENGTH = 40;
    private static final Pattern SHAPE = Pattern.compile(MARK + "[a-z0-9]{" + LENGTH + "}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private TokenText() {}

    static String fresh() {
        var text = new StringBuilder(MARK);
        for (int i = 0; i < LENGTH; i++) text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        return text.indexOf("http") < 0 ? text.toString() : fresh();
    }

    /// Whether this could be one of ours; anything else need not be looked up.
    static boolean looksRight(String text) {
        return SHAPE.matcher(text).matches();
    }

    static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

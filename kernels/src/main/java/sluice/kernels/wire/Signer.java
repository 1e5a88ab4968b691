package sluice.kernels.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Signs messages and checks their signatures: lowercase hex of HMAC-SHA256 over the four JSON parts one after the
/// other. An empty key means unsigned, as Jupyter has it.
public final class Signer {
    private static final byte[] UNSIGNED = new byte[0];
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(US_ASCII);

    private final boolean signs;
    // Senders and the reading thread do not wait for each other, so each direction has a Mac of its own.
    private final Mac outward;
    private final Mac inward;

    private Signer(byte[] key) throws GeneralSecurityException {
        signs = key.length > 0;
        outward = mac(key);
        inward = mac(key);
    }

    /// @throws IllegalArgumentException for a scheme other than `hmac-sha256`
    public static Signer of(ConnectionInfo info) {
        if (!info.signatureScheme().equals("hmac-sha256"))
            throw new IllegalArgumentException("signature_scheme " + info.signatureScheme()
                    + " is not known here, let the kernel use hmac-sha256");
        try {
            return new Signer(info.key().getBytes(US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java has no HmacSHA256: " + e.getMessage(), e);
        }
    }

    public byte[] sign(byte[] bytes, int from, int to) {
        if (!signs) return UNSIGNED;
        byte[] digest;
        synchronized (outward) {
            outward.update(bytes, from, to - from);
            digest = outward.doFinal();
        }
        return hex(digest);
    }

    /// Takes the same time for every wrong signature.
    public boolean verify(byte[] signature, byte[] bytes, int from, int to) {
        if (!signs) return true;
        byte[] digest;
        synchronized (inward) {
            inward.update(bytes, from, to - from);
            digest = inward.doFinal();
        }
        return MessageDigest.isEqual(hex(digest), signature);
    }

    private static byte[] hex(byte[] digest) {
        var hex = new byte[2 * digest.length];
        for (int i = 0; i < digest.length; i++) {
            hex[2 * i] = DIGITS[digest[i] >> 4 & 15];
            hex[2 * i + 1] = DIGITS[digest[i] & 15];
        }
        return hex;
    }

    private static Mac mac(byte[] key) throws GeneralSecurityException {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, "HmacSHA256"));
        return mac;
    }

    /// A key as kernels get it: 32 hex digits.
    public static String freshKey(java.util.random.RandomGenerator random) {
        var bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}

package sluice.migrations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// A list of changes as it stands in this program.
/// @param main the resource that names the others, in Liquibase's XML
record ChangeLog(String main) {
    static final ChangeLog SLUICE = new ChangeLog("changelog/main.xml");
    private static final Pattern INCLUDED = Pattern.compile("<include\\s+file=\"([^\"]+)\"");

    /// A digest of every included file, in order.
    String fingerprint() {
        var list = read(main);
        var digest = sha256();
        digest.update(list);
        INCLUDED.matcher(new String(list, StandardCharsets.UTF_8))
                .results()
                .forEach(include -> digest.update(read(include.group(1))));
        return HexFormat.of().formatHex(digest.digest());
    }

    private byte[] read(String name) {
        try (var in = ChangeLog.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException(name + " belongs to " + main + " but is not there");
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}

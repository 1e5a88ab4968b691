package sluice.gateway.people;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The pool's first account, so that whoever started it can walk in: `admin`, and a token for it in a file that only
/// they can read. A file that is missing, or whose token no longer works, is made anew.
public final class FirstRun {
    private static final Logger LOG = LoggerFactory.getLogger(FirstRun.class);
    private static final String NAME = "admin";

    private final Users users;
    private final Tokens tokens;
    private final Path file;

    /// @param file where the token is kept, readable by its owner alone
    public FirstRun(Users users, Tokens tokens, Path file) {
        this.users = users;
        this.tokens = tokens;
        this.file = file;
    }

    /// The administrator's token; empty where that account has been disabled, which is nobody's oversight.
    public Optional<String> adminToken() {
        var admin = users.find(NAME).orElseGet(this::makeAdmin);
        if (admin.disabled()) return Optional.empty();
        var kept = kept().filter(token ->
                tokens.prove(token).filter(who -> who.name().equals(NAME)).isPresent());
        return kept.isPresent() ? kept : Optional.of(makeToken(admin));
    }

    private User makeAdmin() {
        LOG.info("making the first account, {}", NAME);
        return users.create(NAME, "Administrator", Role.ADMIN);
    }

    private String makeToken(User admin) {
        var secret = tokens.issue(admin, "made by sluice up", null).secret();
        try {
            var fresh = Files.createTempFile(
                    file.toAbsolutePath().getParent(),
                    "admin",
                    ".token",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(fresh, secret + "\n");
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the administrator's token to " + file, e);
        }
        return secret;
    }

    private Optional<String> kept() {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException missing) {
            return Optional.empty();
        }
    }
}

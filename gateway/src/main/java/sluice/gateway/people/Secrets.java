package sluice.gateway.people;

import java.security.SecureRandom;
import java.time.Clock;
import org.jdbi.v3.core.Jdbi;

/// Keys the pool makes for itself once and keeps.
public final class Secrets {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Jdbi jdbi;
    private final Clock clock;

    public Secrets(Jdbi jdbi, Clock clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// What login cookies are signed with: kept, so that people stay signed in when the gateway is started again.
    public byte[] cookieKey() {
        return key("cookie");
    }

    private byte[] key(String name) {
        var fresh = new byte[32];
        RANDOM.nextBytes(fresh);
        return jdbi.withHandle(db -> {
            // Two programs may start at once: whoever comes first has made the key for both.
            db.createUpdate("INSERT IGNORE INTO pool_secret (name, value, created_at) VALUES (:name, :value, :now)")
                    .bind("name", name)
                    .bind("value", fresh)
                    .bind("now", Utc.column(clock.instant()))
                    .execute();
            return db.createQuery("SELECT value FROM pool_secret WHERE name = :name")
                    .bind("name", name)
                    .mapTo(byte[].class)
                    .one();
        });
    }
}

package sluice.gateway.doors.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The connections of one event loop: not more than there may be, and none that takes a place without saying what it
/// wants. A byte now and then keeps a connection from being idle, so what counts is a whole request.
final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    private static final class Life {
        long waitingSince = System.nanoTime();
        int requests; // under way
        boolean asked; // ever
    }

    private final HttpSettings.Limits limits;
    private final AtomicInteger open;
    private final Map<HttpConnection, Life> lives = new HashMap<>();

    /// @param open counts those of all event loops
    Connections(Vertx vertx, HttpSettings.Limits limits, AtomicInteger open) {
        this.limits = limits;
        this.open = open;
        vertx.setPeriodic(1_000, tick -> closeWhoWaits());
    }

    void arrived(HttpConnection connection) {
        if (open.incrementAndGet() > limits.connections()) {
            open.decrementAndGet();
            LOG.debug("{} connections are open, the most there may be: one more refused", limits.connections());
            connection.close();
            return;
        }
        lives.put(connection, new Life());
        connection.closeHandler(closed -> {
            lives.remove(connection);
            open.decrementAndGet();
        });
    }

    void begun(HttpConnection connection) {
        var life = lives.get(connection);
        if (life == null) return;
        life.asked = true;
        life.requests++;
    }

    void ended(HttpConnection connection) {
        var life = lives.get(connection);
        if (life == null) return;
        life.requests--;
        life.waitingSince = System.nanoTime();
    }

    private void closeWhoWaits() {
        var now = System.nanoTime();
        for (var entry : Map.copyOf(lives).entrySet()) {
            var life = entry.getValue();
            if (life.requests > 0) continue;
            Duration patience = life.asked ? limits.idle() : limits.headersWithin();
            if (now - life.waitingSince > patience.toNanos()) entry.getKey().close();
        }
    }
}

package sluice.gateway.doors.jupyter;

import io.vertx.core.Vertx;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/// Something that is done for sockets a moment after they ask for it: one timer serves all that ask meanwhile. Lives on
/// one event loop.
final class Soon {
    private final Vertx vertx;
    private final int millis;
    private final Consumer<KernelSocket> visit;
    private Set<KernelSocket> waiting = new LinkedHashSet<>();

    Soon(Vertx vertx, int millis, Consumer<KernelSocket> visit) {
        this.vertx = vertx;
        this.millis = millis;
        this.visit = visit;
    }

    void visit(KernelSocket socket) {
        if (waiting.add(socket) && waiting.size() == 1) vertx.setTimer(millis, due -> visitAll());
    }

    private void visitAll() {
        var due = waiting;
        waiting = new LinkedHashSet<>();
        due.forEach(visit);
    }
}

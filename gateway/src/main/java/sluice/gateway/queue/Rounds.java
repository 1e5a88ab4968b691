package sluice.gateway.queue;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.fleet.Nodes;
import sluice.gateway.fleet.Nodes.NodeAway;
import sluice.gateway.ledger.Decisions;

/// Goes round all the time: has cycles run when something has changed, enters what is used, and looks whether the books
/// agree with what the node runs.
public final class Rounds implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    /// Without anybody ringing: cards fail, times come nearer.
    private static final Duration CYCLE_EVERY = Duration.ofSeconds(5);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(15);
    private static final Duration PRUNE_EVERY = Duration.ofHours(6);

    /// A node that is away for longer has lost what ran on it, as far as the books go. If it comes back with its
    /// kernels, they are entered again.
    private static final Duration LOST_AFTER = Duration.ofMinutes(2);

    /// Several changes at once are one cycle.
    private static final Duration TOGETHER = Duration.ofMillis(20);

    private final Dispatcher dispatcher;
    private final Decisions decisions;
    private final Nodes nodes;
    private final Clock clock;
    private final Bell bell;
    private final Thread thread;

    private volatile boolean arrived;
    private Instant looked = Instant.MIN;
    private Instant pruned = Instant.MIN;
    private @Nullable Instant away;

    public Rounds(Dispatcher dispatcher, Decisions decisions, Nodes nodes, Clock clock, Bell bell) {
        this.dispatcher = dispatcher;
        this.decisions = decisions;
        this.nodes = nodes;
        this.clock = clock;
        this.bell = bell;
        this.thread = Thread.ofVirtual().name("rounds").unstarted(this::go);
    }

    public void start() {
        nodes.onEvent(event -> {
            if (event.event().equals("kernel.gone") && event.kernel() != null) {
                dispatcher.release(
                        event.kernel(),
                        event.reason() == null ? "it ended" : event.reason(),
                        event.busyMillis() == null ? -1 : event.busyMillis());
            } else if (event.event().equals("node.arrived")) {
                arrived = true;
                bell.ring();
            }
        });
        thread.start();
    }

    private void go() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                bell.await(CYCLE_EVERY);
                Thread.sleep(TOGETHER);
                look();
                dispatcher.cycle();
            } catch (InterruptedException e) {
                return;
            } catch (NodeAway e) {
                LOG.debug("a round without the node: {}", e.getMessage());
            } catch (RuntimeException e) {
                LOG.warn("a round failed, the next one comes: {}", e.toString());
            }
        }
    }

    private void look() throws InterruptedException {
        var now = clock.instant();
        if (!nodes.connected()) {
            if (away == null) away = now;
            if (away.plus(LOST_AFTER).isBefore(now)) dispatcher.lost("its node is away for too long");
            return;
        }
        away = null;
        if (!arrived && looked.plus(LOOK_EVERY).isAfter(now)) return;
        arrived = false;
        looked = now;
        var running = running();
        dispatcher.agree(List.copyOf(running.values()), now);
        dispatcher.reckon(session -> {
            var runs = running.get(session);
            return runs == null ? -1 : runs.busyMillis();
        });
        if (pruned.plus(PRUNE_EVERY).isBefore(now)) {
            pruned = now;
            decisions.prune();
        }
    }

    private Map<String, Running> running() throws InterruptedException {
        var running = new HashMap<String, Running>();
        for (var kernel : nodes.kernels()) {
            if (!kernel.executionState().equals("dead")) running.put(kernel.id(), Running.of(kernel));
        }
        return running;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}

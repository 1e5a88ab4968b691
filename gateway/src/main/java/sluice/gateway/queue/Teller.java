package sluice.gateway.queue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.ledger.Decisions;
import sluice.scheduling.Decision.Wait;

/// Passes on what was decided, in order and outside of everybody's way: to those who listen, and to the table that
/// answers "why".
final class Teller {
    private static final Logger LOG = LoggerFactory.getLogger(Teller.class);

    private final Decisions decisions;
    private final Cycles cycles;
    private final List<Consumer<News>> listeners = new CopyOnWriteArrayList<>();
    private final LinkedBlockingQueue<Object> said = new LinkedBlockingQueue<>();

    Teller(Decisions decisions, Cycles cycles) {
        this.decisions = decisions;
        this.cycles = cycles;
        Thread.ofVirtual().name("teller").start(this::pass);
    }

    void onNews(Consumer<News> listener) {
        listeners.add(listener);
    }

    void tell(News news) {
        said.add(news);
    }

    void decided(Instant at, String session, String verdict, String reason) {
        cycles.decided(verdict);
        said.add(new Decisions.Entry(at, session, verdict, reason, 0, null));
    }

    void decided(Instant at, Wait wait) {
        cycles.decided("waits");
        said.add(new Decisions.Entry(at, wait.id(), "waits", wait.reason(), wait.place(), wait.eta()));
    }

    private void pass() {
        var taken = new ArrayList<>();
        while (true) {
            try {
                taken.add(said.take());
            } catch (InterruptedException e) {
                return;
            }
            said.drainTo(taken, 1000);
            for (var each : taken) if (each instanceof News news) listeners.forEach(listener -> hear(listener, news));
            enter(taken);
            taken.clear();
        }
    }

    private static void hear(Consumer<News> listener, News news) {
        try {
            listener.accept(news);
        } catch (RuntimeException e) {
            LOG.error("news of {} was not heard", news.session(), e);
        }
    }

    private void enter(List<Object> taken) {
        try {
            decisions.enter(taken.stream()
                    .filter(Decisions.Entry.class::isInstance)
                    .map(Decisions.Entry.class::cast)
                    .toList());
        } catch (RuntimeException away) {
            LOG.warn("decisions are not written down: {}", away.getMessage());
        }
    }
}

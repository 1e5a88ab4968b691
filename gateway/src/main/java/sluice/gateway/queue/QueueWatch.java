package sluice.gateway.queue;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.gateway.ledger.Accounts;
import sluice.scheduling.Account;

/// Looks at the queue every few seconds, so that whoever shows it waits neither for the books nor for the database.
public final class QueueWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueueWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(3);

    /// Older figures are of a queue that nobody can look at any more.
    private static final Duration STALE = Duration.ofMinutes(1);

    private final Dispatcher dispatcher;
    private final Accounts accounts;
    private final Clock clock;
    private final Thread thread;

    private List<Account> teams = List.of();
    private volatile @Nullable Figures seen;

    public QueueWatch(Dispatcher dispatcher, Accounts accounts, Clock clock) {
        this.dispatcher = dispatcher;
        this.accounts = accounts;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("queue-watch").unstarted(this::go);
    }

    public void start() {
        thread.start();
    }

    private void go() {
        try {
            while (true) {
                try {
                    look();
                } catch (RuntimeException e) {
                    LOG.error("the queue could not be looked at", e);
                }
                Thread.sleep(EVERY);
            }
        } catch (InterruptedException closed) {
            LOG.debug("nobody looks at the queue any more");
        }
    }

    /// Without the database quotas are what they were when it was last there; who runs and who waits is known anyway.
    public synchronized void look() {
        try {
            teams = accounts.at(clock.instant());
        } catch (RuntimeException away) {
            LOG.debug("quotas cannot be read: {}", away.getMessage());
        }
        seen = dispatcher.figures(teams);
    }

    /// What the last look found, unless that was long ago.
    public Optional<Figures> seen() {
        var last = seen;
        if (last == null || last.at().plus(STALE).isBefore(clock.instant())) return Optional.empty();
        return Optional.of(last);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}

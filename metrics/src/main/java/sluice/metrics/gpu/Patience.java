package sluice.metrics.gpu;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A driver in trouble hangs in its first call. That must not hang the node too.
final class Patience {
    /// Without persistence mode a machine of eight cards takes some twenty seconds to wake them.
    static final Duration DEFAULT = Duration.ofSeconds(60);

    private Patience() {}

    /// Runs it on a thread of its own and waits. A call that never returns leaves that thread behind: nothing
    /// can end it.
    static <T> T within(Duration patience, String driver, Callable<T> open) throws GpusUnavailable {
        var opening = new FutureTask<>(open);
        Thread.ofPlatform().daemon().name("open-" + driver).start(opening);
        try {
            return opening.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw GpusUnavailable.broken(
                    "The %s driver did not answer within %d s. Look at dmesg; a card that hangs needs a reset or a reboot."
                            .formatted(driver, patience.toSeconds()),
                    e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GpusUnavailable unavailable) throw unavailable;
            throw GpusUnavailable.broken("The %s driver cannot be opened: %s".formatted(driver, e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw GpusUnavailable.broken("Interrupted while the %s driver was opened.".formatted(driver), e);
        }
    }
}

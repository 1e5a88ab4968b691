package sluice.gateway.up;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Starts the programs of a pool, keeps them running until it is told to stop, and stops them in order.
/// What the programs are, and when they serve, is for [Pool] to say.
final class Supervisor {
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);
    private static final Duration SAY_EVERY = Duration.ofSeconds(5);

    private final Pool pool;
    private final Voice voice;
    private final List<Kept> kept = new ArrayList<>();
    private final CompletableFuture<String> told = new CompletableFuture<>();
    private volatile boolean serving;
    private boolean brief;

    Supervisor(Pool pool, Voice voice) {
        this.pool = pool;
        this.voice = voice;
    }

    /// Asks it to stop; from any thread, any number of times.
    /// @param why as a clause, for the user
    void stop(String why) {
        told.complete(why);
    }

    /// For a run that is over as soon as it was welcomed.
    void stopOnceServing() {
        brief = true;
    }

    /// Everything at once, nothing in order.
    void kill() {
        kept.forEach(Kept::kill);
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }

    /// Runs the pool until [#stop].
    /// @throws StartFailed when it never came to serve
    void run() throws InterruptedException {
        try {
            pool.prepare();
            begin(pool.first());
            begin(awaitSecond());
            awaitServing();
            kept.forEach(Kept::hasServed);
            serving = true;
            announce();
            pool.welcome();
            if (!brief) voice.say("stopping: " + awaitStop());
        } finally {
            serving = false;
            pool.closed();
            stopAll();
            pool.ended();
        }
    }

    private void begin(List<Program> programs) {
        for (var program : programs) {
            var keeper = new Kept(program, voice, this::announce);
            kept.add(keeper);
            keeper.start();
        }
    }

    // What the second programs need (the Python environment) is made while the first ones start.
    private List<Program> awaitSecond() throws InterruptedException {
        var second = new CompletableFuture<List<Program>>();
        Thread.ofPlatform().daemon().name("prepares").start(() -> {
            try {
                second.complete(pool.second());
            } catch (Throwable e) {
                second.completeExceptionally(e);
            }
        });
        while (true) {
            try {
                return second.get(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException still) {
                checkNothingBroke();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof StartFailed failed) throw failed;
                throw new StartFailed("the pool cannot be prepared: " + e.getCause(), e);
            }
        }
    }

    private void awaitServing() throws InterruptedException {
        var said = System.nanoTime();
        while (true) {
            var missing = pool.missing();
            if (missing == null) return;
            checkNothingBroke();
            if (System.nanoTime() - said > SAY_EVERY.toNanos()) {
                voice.say("waiting for " + missing);
                said = System.nanoTime();
            }
            Thread.sleep(LOOK_EVERY);
        }
    }

    private void checkNothingBroke() {
        if (told.isDone()) throw new Stopped(told.join());
        for (var keeper : kept) {
            if (keeper.broken().isDone()) throw new StartFailed(keeper.broken().join());
        }
    }

    private String awaitStop() throws InterruptedException {
        try {
            return told.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private synchronized void announce() {
        if (!serving) {
            pool.started(pids());
        } else {
            pool.serving(pids());
        }
    }

    private Map<String, Long> pids() {
        var pids = new LinkedHashMap<String, Long>();
        for (var keeper : kept) {
            if (keeper.pid() != 0) pids.put(keeper.name(), keeper.pid());
        }
        return pids;
    }

    // The doors close first, then the kernels, then what both have written to.
    private void stopAll() throws InterruptedException {
        for (var name : pool.stopOrder()) {
            for (var keeper : kept) {
                if (keeper.name().equals(name)) keeper.stop();
            }
        }
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }

    /// Told to stop before the pool served.
    static final class Stopped extends RuntimeException {
        Stopped(String why) {
            super(why);
        }
    }

    /// The programs of a pool.
    interface Pool {
        void prepare() throws InterruptedException;

        /// What can be started at once.
        List<Program> first();

        /// What needs something that takes time.
        List<Program> second() throws InterruptedException;

        /// What is still missing before the pool serves, as a noun; null when nothing is.
        @Nullable
        String missing() throws InterruptedException;

        /// These run, and not all of it serves yet.
        void started(Map<String, Long> pids);

        /// These run, and the pool serves; also after one was started again.
        void serving(Map<String, Long> pids);

        /// It serves for the first time: tell the user.
        void welcome();

        List<String> stopOrder();

        /// It no longer serves.
        void closed();

        /// All its programs have ended.
        void ended();
    }
}

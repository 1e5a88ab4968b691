package sluice.gateway.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private final Voice voice = new Voice(new PrintStream(heard, true, StandardCharsets.UTF_8));
    private @Nullable Supervisor supervisor;

    @AfterEach
    void leaveNothing() {
        if (supervisor != null) supervisor.kill();
    }

    @Test
    void aPoolIsWelcomedOnceItServesAndStopsInOrder() throws Exception {
        var noting = "trap '' TERM; while read -r word; do [ \"$word\" = stop ] && echo $0 >>" + folder
                + "/order && exit 0; done";
        var pool = new FakePool(
                List.of(
                        Shell.program("database", noting.replace("$0", "database"), folder),
                        Shell.program("gateway", noting.replace("$0", "gateway"), folder)),
                List.of(Shell.program("node", noting.replace("$0", "node"), folder)));
        var run = start(pool);
        pool.welcomed.await();
        assertThat(pool.pids).containsOnlyKeys("database", "gateway", "node");
        var pids = List.copyOf(pool.pids.values());
        running().stop("SIGTERM");
        run.get(20, TimeUnit.SECONDS);
        assertThat(Files.readAllLines(folder.resolve("order"))).containsExactly("gateway", "node", "database");
        assertThat(pids).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
        assertThat(pool.closed).isTrue();
        assertThat(pool.ended).as("told after its programs had ended").isTrue();
        assertThat(said()).contains("stopping: SIGTERM");
    }

    @Test
    void aProgramThatIsKilledIsStartedAgainAndSaidSo() throws Exception {
        var pool = new FakePool(List.of(), List.of(Shell.program("node", Shell.OBEDIENT, folder)));
        var run = start(pool);
        pool.welcomed.await();
        var first = pool.pid("node");
        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        await(() -> pool.pid("node") != 0 && pool.pid("node") != first);
        assertThat(said()).contains("the node stopped (exit 137), started again in 0.1 s");
        running().stop("enough");
        run.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aProgramThatEndsBeforeItServedEndsTheStartWithItsOwnWords() throws Exception {
        var pool = new FakePool(
                List.of(
                        Shell.program("database", Shell.OBEDIENT, folder),
                        Shell.program("gateway", "echo chatter; echo 'sluice: port 1 is taken' >&2; exit 1", folder)),
                List.of());
        pool.missing = "the gateway";
        assertThatThrownBy(() -> make(pool).run())
                .isInstanceOf(StartFailed.class)
                .hasMessage("the gateway stopped (exit 1):\nport 1 is taken");
        assertThat(ProcessHandle.of(pool.pid("database"))).isEmpty();
    }

    @Test
    void aProgramWithoutLastWordsShowsTheEndOfItsLog() {
        var pool =
                new FakePool(List.of(Shell.program("node", "echo line one; echo line two; exit 3", folder)), List.of());
        pool.missing = "the node";
        assertThatThrownBy(() -> make(pool).run())
                .isInstanceOf(StartFailed.class)
                .hasMessageContaining("exit 3")
                .hasMessageContaining("node.log")
                .hasMessageContaining("line two");
    }

    @Test
    void aProgramThatIgnoresTheWordIsKilledInTheEnd() throws Exception {
        var deaf = new JavaProgram(
                "node",
                () -> List.of("sh", "-c", "trap '' TERM; while :; do sleep 1; done"),
                Map.of(),
                folder.resolve("log"),
                Duration.ofMillis(100));
        var pool = new FakePool(List.of(), List.of(deaf));
        var run = start(pool);
        pool.welcomed.await();
        var pid = pool.pid("node");
        running().stop("enough");
        run.get(20, TimeUnit.SECONDS);
        assertThat(ProcessHandle.of(pid)).isEmpty();
    }

    @Test
    void whoStopsAPoolThatDoesNotServeYetIsObeyed() throws Exception {
        var pool = new FakePool(List.of(Shell.program("gateway", Shell.OBEDIENT, folder)), List.of());
        pool.missing = "the gateway";
        var run = start(pool);
        await(() -> pool.pid("gateway") != 0);
        running().stop("SIGINT");
        assertThat(run)
                .failsWithin(20, TimeUnit.SECONDS)
                .withThrowableThat()
                .withCauseInstanceOf(Supervisor.Stopped.class);
        assertThat(ProcessHandle.of(pool.pid("gateway"))).isEmpty();
    }

    @Test
    void whatCannotBePreparedIsSaid() {
        var pool = new FakePool(List.of(Shell.program("gateway", Shell.OBEDIENT, folder)), List.of()) {
            @Override
            public List<Program> second() {
                throw new StartFailed("no Python here");
            }
        };
        assertThatThrownBy(() -> make(pool).run())
                .isInstanceOf(StartFailed.class)
                .hasMessage("no Python here");
    }

    private Supervisor make(FakePool pool) {
        supervisor = new Supervisor(pool, voice);
        return supervisor;
    }

    private Supervisor running() {
        return java.util.Objects.requireNonNull(supervisor);
    }

    private CompletableFuture<Void> start(FakePool pool) {
        var made = make(pool);
        var run = new CompletableFuture<Void>();
        Thread.ofPlatform().start(() -> {
            try {
                made.run();
                run.complete(null);
            } catch (Throwable e) {
                run.completeExceptionally(e);
            }
        });
        return run;
    }

    private String said() {
        return heard.toString(StandardCharsets.UTF_8);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        var deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    /// A pool of shell scripts.
    private static class FakePool implements Supervisor.Pool {
        private final List<Program> first;
        private final List<Program> second;
        final CountDownLatch welcomed = new CountDownLatch(1);
        volatile @Nullable String missing;
        volatile Map<String, Long> pids = Map.of();
        volatile boolean closed;
        volatile boolean ended;

        FakePool(List<Program> first, List<Program> second) {
            this.first = first;
            this.second = second;
        }

        long pid(String name) {
            return pids.getOrDefault(name, 0L);
        }

        @Override
        public void prepare() {}

        @Override
        public List<Program> first() {
            return first;
        }

        @Override
        public List<Program> second() {
            return second;
        }

        @Override
        public @Nullable String missing() {
            return missing == null && pids.size() < first.size() + second.size() ? "a program" : missing;
        }

        @Override
        public void started(Map<String, Long> running) {
            pids = running;
        }

        @Override
        public void serving(Map<String, Long> running) {
            pids = running;
        }

        @Override
        public void welcome() {
            welcomed.countDown();
        }

        @Override
        public List<String> stopOrder() {
            return List.of("gateway", "node", "database");
        }

        @Override
        public void closed() {
            closed = true;
        }

        @Override
        public void ended() {
            ended = pids.values().stream()
                    .noneMatch(pid -> ProcessHandle.of(pid).isPresent());
        }
    }
}

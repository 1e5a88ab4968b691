package sluice.gateway.doors.http;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.gateway.doors.http.TestPool.json;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.gateway.ledger.AccountName;
import sluice.gateway.ledger.Accounts;
import sluice.gateway.ledger.Allowance;
import sluice.gateway.ledger.Usage;
import sluice.gateway.queue.QueueWatch;
import sluice.kernels.link.Orders.KernelModel;

/// What the pool shows of its queue and its sessions.
class MetricsTest {
    private TestPool pool;

    @BeforeEach
    void open() {
        pool = new TestPool();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private String page() {
        pool.watch.look();
        return pool.get("/metrics", pool.root).body();
    }

    private static double value(String page, String series) {
        var found = Pattern.compile("^" + Pattern.quote(series) + " (\\S+)$", Pattern.MULTILINE)
                .matcher(page)
                .results()
                .map((MatchResult line) -> Double.valueOf(line.group(1)))
                .toList();
        assertThat(found).as(series).hasSize(1);
        return found.getFirst();
    }

    private static double queue(String page, String name) {
        return value(page, "sluice_queue_" + name + "{account=\"default\"}");
    }

    private static double decisions(String page, String verdict) {
        return value(page, "sluice_scheduler_decisions_total{verdict=\"" + verdict + "\"}");
    }

    private static double session(String page, String name, String session, String more) {
        return value(
                page,
                "sluice_session_%s{session=\"%s\",user=\"ada\",account=\"default\",queue=\"gpu\"%s}"
                        .formatted(name, session, more));
    }

    private String gpuKernel() {
        return json(pool.post("/api/kernels", pool.ada, "{\"name\":\"python3.gpu\"}"))
                .get("id")
                .asString();
    }

    @Test
    void theQueueIsSeenToGrowAndToShrink() throws InterruptedException {
        var threeCards = new Allowance(3000L, null, null, null, null, null, 50.0, 0, 1);
        pool.quotas.put(AccountName.of("default"), threeCards, null, "root");
        var first = gpuKernel();
        gpuKernel();
        var page = page();
        assertThat(queue(page, "running")).isEqualTo(2);
        assertThat(queue(page, "pending")).isZero();

        gpuKernel();
        page = page();
        assertThat(queue(page, "running")).isEqualTo(2);
        assertThat(queue(page, "pending")).isEqualTo(1);
        assertThat(queue(page, "allocated_gpus")).isEqualTo(2);
        assertThat(queue(page, "quota_gpus")).isEqualTo(3);
        assertThat(queue(page, "quota_gpu_hours")).isEqualTo(50);
        assertThat(queue(page, "fair_share_gpus")).isEqualTo(2);
        assertThat(queue(page, "saturation")).isEqualTo(1);
        assertThat(queue(page, "borrowed_gpus")).isZero();
        assertThat(queue(page, "preemptions_total")).isZero();
        assertThat(queue(page, "wait_seconds_count")).isZero();
        assertThat(decisions(page, "granted")).isEqualTo(2);
        assertThat(decisions(page, "waits")).isEqualTo(1);
        assertThat(value(page, "sluice_scheduler_cycles_total")).isEqualTo(3);
        assertThat(value(page, "sluice_scheduler_cycle_seconds_count")).isEqualTo(3);
        assertThat(value(page, "sluice_scheduler_fragmentation_ratio")).isZero();

        pool.nodes.kernels.remove(first);
        pool.dispatcher.release(first, "it ended", -1);
        pool.dispatcher.cycle();
        var deadline = Instant.now().plusSeconds(20);
        while (decisions(page(), "started") < 3 && Instant.now().isBefore(deadline)) Thread.sleep(20);
        page = page();
        assertThat(decisions(page, "started")).isEqualTo(3);
        assertThat(queue(page, "pending")).isZero();
        assertThat(queue(page, "running")).isEqualTo(2);
        assertThat(queue(page, "wait_seconds_count")).isEqualTo(1);
        assertThat(page).doesNotContain(first);
    }

    @Test
    void aSessionShowsWhatItDoesAndWhatItHolds() {
        var kernel = gpuKernel();
        assertThat(session(page(), "state", kernel, ",state=\"starting\"")).isEqualTo(1);

        pool.nodes.kernels.computeIfPresent(kernel, (_, it) -> in(it, "busy", 2_500));
        var page = page();
        assertThat(session(page, "state", kernel, ",state=\"busy\"")).isEqualTo(1);
        assertThat(session(page, "idle_seconds", kernel, "")).isZero();
        assertThat(session(page, "cell_seconds_total", kernel, "")).isEqualTo(2.5);
        assertThat(session(page, "residency", kernel, ",residency=\"resident\""))
                .isEqualTo(1);
        assertThat(session(page, "gpu_seconds_total", kernel, ",kind=\"suspended\""))
                .isZero();
        double before = session(page, "gpu_seconds_total", kernel, ",kind=\"allocated\"");
        assertThat(before).isPositive();

        pool.nodes.kernels.computeIfPresent(kernel, (_, it) -> in(it, "idle", 2_500));
        pool.dispatcher.reckon(_ -> 2_500);
        page = page();
        assertThat(session(page, "idle_seconds", kernel, "")).isGreaterThanOrEqualTo(7);
        double after = session(page, "gpu_seconds_total", kernel, ",kind=\"allocated\"");
        double busy = session(page, "gpu_seconds_total", kernel, ",kind=\"busy\"");
        assertThat(after).isGreaterThanOrEqualTo(before);
        assertThat(busy).isPositive().isLessThanOrEqualTo(after);
        assertThat(queue(page, "spent_gpu_hours")).isPositive();
    }

    private static KernelModel in(KernelModel kernel, String state, long busyMillis) {
        return new KernelModel(
                kernel.id(),
                kernel.name(),
                kernel.owner(),
                Instant.now().minusSeconds(7).toString(),
                state,
                0,
                null,
                kernel.pid(),
                kernel.sandbox(),
                kernel.startedAt(),
                kernel.grant(),
                busyMillis);
    }

    @Test
    void aHundredFamiliesAreLive() {
        gpuKernel();
        var names = new TreeSet<String>();
        page().lines().filter(line -> line.startsWith("# TYPE ")).forEach(line -> names.add(line.split(" ", -1)[2]));
        assertThat(names)
                .hasSizeGreaterThanOrEqualTo(100)
                .contains("sluice_suspend_total", "sluice_restore_seconds", "sluice_node_suspended_bytes");
    }

    @Test
    void aNodeThatIsAwayIsDownAndTheQueueIsStillThere() {
        gpuKernel();
        assertThat(value(page(), "sluice_node_agent_up{Hostname=\"test\"}")).isEqualTo(1);
        pool.nodes.away = true;
        var page = page();
        assertThat(value(page, "sluice_node_agent_up{Hostname=\"test\"}")).isZero();
        assertThat(queue(page, "running")).isEqualTo(1);
        assertThat(page).doesNotContain("DCGM_FI_DEV_FB_USED{");
    }

    @Test
    void withoutTheDatabaseWhoRunsIsStillKnown() {
        gpuKernel();
        var clock = Clock.systemUTC();
        var away = new Accounts(
                () -> {
                    throw new IllegalStateException("the database is away");
                },
                new Usage(pool.database.database().jdbi(), clock));
        var watch = new QueueWatch(pool.dispatcher, away, clock);
        watch.look();
        assertThat(watch.seen().orElseThrow().teams())
                .singleElement()
                .satisfies(team -> assertThat(team.running()).isEqualTo(1));
        var later = new QueueWatch(pool.dispatcher, away, Clock.offset(clock, Duration.ofMinutes(2)));
        later.look();
        assertThat(later.seen()).as("figures that are too old are not shown").isEmpty();
    }
}

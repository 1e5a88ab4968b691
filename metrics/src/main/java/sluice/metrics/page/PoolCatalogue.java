package sluice.metrics.page;

import static sluice.metrics.page.Catalogue.NODE;
import static sluice.metrics.page.Catalogue.TENANT;
import static sluice.metrics.page.Family.counter;
import static sluice.metrics.page.Family.gauge;
import static sluice.metrics.page.Family.histogram;

import java.util.List;
import java.util.stream.Stream;

/// The families of what the pool itself knows: who runs, who waits, what is whose, and what the scheduler does. Who
/// knows it gives it; the names stand here with the others.
public final class PoolCatalogue {
    private PoolCatalogue() {}

    public static final List<String> SESSION = TENANT;
    public static final List<String> ACCOUNT = List.of("account");
    public static final List<String> HOST = NODE;

    // ---- sessions

    public static final Family STATE =
            gauge("sluice_session_state", "1 for what a session does", "", Catalogue.with(SESSION, "state"));
    public static final Family RESIDENCY = gauge(
            "sluice_session_residency",
            "1 for where the state of a session with cards is",
            "",
            Catalogue.with(SESSION, "residency"));
    public static final Family IDLE =
            gauge("sluice_session_idle_seconds", "How long nothing has run in a session", "seconds", SESSION);
    public static final Family CELL_SECONDS =
            counter("sluice_session_cell_seconds_total", "Time in which a cell ran", "seconds", SESSION);
    public static final Family GPU_SECONDS = counter(
            "sluice_session_gpu_seconds_total",
            "Cards held, of that while a cell ran, and given back while suspended",
            "GPU-seconds",
            Catalogue.with(SESSION, "kind"));

    public static final List<Family> SESSIONS = List.of(STATE, RESIDENCY, IDLE, CELL_SECONDS, GPU_SECONDS);

    // ---- queue and shares, by team

    public static final Family PENDING = queue("pending", "Sessions that wait", "");
    public static final Family RUNNING = queue("running", "Sessions that have what they asked for", "");
    public static final Family QUOTA = queue("quota_gpus", "The most it may hold, where that is limited", "GPUs");
    public static final Family ALLOCATED = queue("allocated_gpus", "Held", "GPUs");
    public static final Family FAIR_SHARE =
            queue("fair_share_gpus", "What it may hold before it borrows from others", "GPUs");
    public static final Family SATURATION = queue("saturation", "Held over fair share: above 1 it borrows", "");
    public static final Family BORROWED = queue("borrowed_gpus", "Held beyond the fair share", "GPUs");
    public static final Family USAGE =
            queue("usage_decayed", "Held on average lately, older use counting less", "GPUs");
    public static final Family SPENT = queue("spent_gpu_hours", "Charged in this calendar month, UTC", "GPU-hours");
    public static final Family HOURS =
            queue("quota_gpu_hours", "The most it may use in a month, where that is limited", "GPU-hours");
    public static final Family WAITED = histogram(
            "sluice_queue_wait_seconds", "From the wish to the grant, of those that had to wait", "seconds", ACCOUNT);
    public static final Family PREEMPTIONS =
            counter("sluice_queue_preemptions_total", "Sessions stopped so that others could start", "", ACCOUNT);

    public static final List<Family> QUEUES = List.of(
            PENDING,
            RUNNING,
            QUOTA,
            ALLOCATED,
            FAIR_SHARE,
            SATURATION,
            BORROWED,
            USAGE,
            SPENT,
            HOURS,
            WAITED,
            PREEMPTIONS);

    // ---- scheduler

    public static final Family CYCLE_SECONDS =
            histogram("sluice_scheduler_cycle_seconds", "How long it took to decide", "seconds", List.of());
    public static final Family CYCLES = counter("sluice_scheduler_cycles_total", "Cycles run", "", List.of());
    public static final Family DECISIONS =
            counter("sluice_scheduler_decisions_total", "What was decided about sessions", "", List.of("verdict"));
    public static final Family BACKFILLED = counter(
            "sluice_scheduler_backfilled_total",
            "Sessions that started before somebody whose turn came first, and fitted in between",
            "",
            List.of());
    public static final Family FRAGMENTATION = gauge(
            "sluice_scheduler_fragmentation_ratio",
            "What is free of cards and too small for those who wait",
            "share of 1",
            List.of());
    public static final Family GANG_WAITED = histogram(
            "sluice_scheduler_gang_wait_seconds",
            "From the wish to the grant, of those that had to wait for several cards at once",
            "seconds",
            List.of());

    public static final List<Family> SCHEDULER =
            List.of(CYCLE_SECONDS, CYCLES, DECISIONS, BACKFILLED, FRAGMENTATION, GANG_WAITED);

    // ---- suspending and restoring

    public static final Family SUSPENDED_BYTES =
            gauge("sluice_node_suspended_bytes", "State of suspended sessions in host memory", "bytes", HOST);
    public static final Family SUSPENSIONS = counter("sluice_suspend_total", "Sessions suspended", "", HOST);
    public static final Family SUSPENSIONS_FAILED =
            counter("sluice_suspend_failures_total", "Suspensions that failed", "", HOST);
    public static final Family SUSPENDED_TOTAL =
            counter("sluice_suspend_bytes_total", "Moved from cards to host memory", "bytes", HOST);
    public static final Family SUSPEND_SECONDS =
            histogram("sluice_suspend_seconds", "How long a suspension took", "seconds", HOST);
    public static final Family RESTORES = counter("sluice_restore_total", "Sessions restored", "", HOST);
    public static final Family RESTORES_FAILED =
            counter("sluice_restore_failures_total", "Restorations that failed", "", HOST);
    public static final Family RESTORE_SECONDS =
            histogram("sluice_restore_seconds", "How long a restoration took", "seconds", HOST);

    public static final List<Family> SUSPENDING = List.of(
            SUSPENDED_BYTES,
            SUSPENSIONS,
            SUSPENSIONS_FAILED,
            SUSPENDED_TOTAL,
            SUSPEND_SECONDS,
            RESTORES,
            RESTORES_FAILED,
            RESTORE_SECONDS);

    static List<Family> families() {
        return Stream.of(SESSIONS, QUEUES, SCHEDULER, SUSPENDING)
                .flatMap(List::stream)
                .toList();
    }

    private static Family queue(String name, String help, String unit) {
        return gauge("sluice_queue_" + name, help, unit, ACCOUNT);
    }
}

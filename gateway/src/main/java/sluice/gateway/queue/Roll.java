package sluice.gateway.queue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.gateway.fleet.Capacity;
import sluice.gateway.ledger.LeaseRow;
import sluice.scheduling.Account;
import sluice.scheduling.Lease;
import sluice.scheduling.Mode;
import sluice.scheduling.Placement;
import sluice.scheduling.Snapshot;
import sluice.scheduling.Snapshot.Waiting;

/// Who waits and who holds what, and the one lock over both.
final class Roll {
    private final ReentrantLock lock = new ReentrantLock();
    private final Capacity capacity;

    /// In the order in which they came; both guarded by the lock.
    final Map<String, Pending> waiting = new LinkedHashMap<>();

    final Map<String, Held> held = new LinkedHashMap<>();

    Roll(Capacity capacity) {
        this.capacity = capacity;
    }

    <T> T locked(Supplier<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    void locked(Runnable what) {
        lock.lock();
        try {
            what.run();
        } finally {
            lock.unlock();
        }
    }

    void hold(LeaseRow row, Placement placement, Held.Step step, Instant now) {
        held.put(row.session(), new Held(row, Lease.granted(row.demand(), placement, now), step, row.use(), now, 0));
    }

    /// Enters what an earlier gateway has left in the database.
    void recall(LeaseRow row) {
        var placement = row.placement();
        var granted = row.granted();
        if (placement == null || granted == null) {
            waiting.put(row.session(), Pending.of(row, row.reason()));
            return;
        }
        var lease = Lease.granted(row.demand(), placement, granted);
        var step = row.state() == LeaseRow.State.ACTIVE ? Held.Step.RUNS : Held.Step.IN_DOUBT;
        var reckoned = row.reckoned() == null ? granted : row.reckoned();
        held.put(row.session(), new Held(row, lease, step, row.use(), reckoned, row.busySeen()));
    }

    /// All of it, for the scheduler.
    /// @param fresh somebody who has just come; null for nobody
    Snapshot snapshot(@Nullable Waiting fresh, List<Account> accounts) {
        var all = new ArrayList<Waiting>(waiting.size() + 1);
        for (var pending : waiting.values()) all.add(pending.waiting());
        if (fresh != null) all.add(fresh);
        var leases = held.values().stream().map(Held::lease).toList();
        var modes = new HashMap<String, Mode>();
        for (var lease : leases) {
            for (var part : lease.placement().parts())
                for (var share : part.shares())
                    modes.put(share.card(), lease.placement().mode());
        }
        return new Snapshot(capacity.nodes(card -> modes.getOrDefault(card, Mode.SWAP)), leases, all, accounts);
    }
}

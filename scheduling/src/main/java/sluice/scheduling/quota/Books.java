package sluice.scheduling.quota;

import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import sluice.scheduling.Account;
import sluice.scheduling.Amounts;
import sluice.scheduling.Limits;
import sluice.scheduling.Owner;

/// Who holds how much, entered at once with the person, the team and the pool. What is asked for is reserved
/// first, so that nobody else is given it while it starts; then committed; then released. Each of these may
/// come twice, or after its node is gone, without anything being counted twice.
///
/// A limit may be lowered below what is used: nothing is taken away, and nothing more is given.
public final class Books {
    private final Map<String, Sheet> sheets = new HashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /// @param committed false while it starts
    /// @param nodes those it runs on, once it does
    private record Entry(
            String id, Owner owner, Amounts amounts, boolean committed, Set<String> nodes, Instant since) {}

    public Books() {}

    public Books(Collection<Account> accounts, Instant now) {
        for (var account : accounts) {
            var sheet = sheet(account.id());
            sheet.limits = account.limits();
            sheet.spend(account.spentGpuHours(), month(now));
        }
    }

    /// Sets what an account may hold from now on.
    /// @param account as in [Account#id]
    public synchronized void limit(String account, Limits limits) {
        sheet(account).limits = limits;
    }

    /// Enters something that is about to start, or says which limit forbids it.
    /// @throws IllegalStateException if the id holds something else already
    public synchronized Optional<Refusal> reserve(String id, Owner owner, Amounts amounts, Instant now) {
        var known = entries.get(id);
        if (known != null) {
            if (known.owner.equals(owner) && known.amounts.equals(amounts)) return Optional.empty();
            throw new IllegalStateException("Cannot reserve for %s: it holds %s already".formatted(id, known.amounts));
        }
        var refusal = refusal(owner, amounts, now);
        if (refusal.isEmpty()) enter(new Entry(id, owner, amounts, false, Set.of(), now));
        return refusal;
    }

    /// Adds to what something holds already, a session's cards when it comes back, or says which limit forbids
    /// it.
    /// @param more but no further session
    public synchronized Optional<Refusal> extend(String id, Owner owner, Amounts more, Instant now) {
        var known = entries.get(id);
        if (known == null) return reserve(id, owner, more, now);
        var alone = new Amounts(more.milliGpus(), more.gpuBytes(), more.milliCpus(), more.memory(), more.disk(), 0);
        var refusal = refusal(owner, alone, now);
        if (refusal.isPresent()) return refusal;
        release(id);
        enter(new Entry(id, owner, known.amounts.plus(alone), known.committed, known.nodes, known.since));
        return refusal;
    }

    /// Takes from what something holds, a session's cards when it is parked.
    public synchronized void shrink(String id, Amounts to) {
        var known = entries.get(id);
        if (known == null) return;
        var less = known.amounts.minus(to);
        if (less.milliGpus() < 0 || less.gpuBytes() < 0 || less.milliCpus() < 0 || less.memory() < 0 || less.disk() < 0)
            throw new IllegalArgumentException("%s holds %s, which is less than %s".formatted(id, known.amounts, to));
        release(id);
        enter(new Entry(id, known.owner, to, known.committed, known.nodes, known.since));
    }

    /// What [#reserve] would say, without entering anything.
    public synchronized Optional<Refusal> refusal(Owner owner, Amounts amounts, Instant now) {
        var month = month(now);
        for (var sheet : path(owner)) {
            var exceeded = sheet.exceededBy(amounts, month);
            if (exceeded.isEmpty()) continue;
            var limited = exceeded.get();
            var reason = limited == Limited.GPU_HOURS
                    ? Sentences.spent(sheet, month, owner)
                    : Sentences.full(sheet, limited, amounts, owner, sheet(Account.user(owner)));
            return Optional.of(new Refusal(sheet.account, limited, reason));
        }
        return Optional.empty();
    }

    /// The limit that forbids it even if its accounts held nothing.
    public synchronized Optional<Refusal> never(Owner owner, Amounts amounts) {
        for (var sheet : path(owner)) {
            var limited = sheet.neverFits(amounts);
            if (limited.isEmpty()) continue;
            return Optional.of(
                    new Refusal(sheet.account, limited.get(), Sentences.never(sheet, limited.get(), amounts, owner)));
        }
        return Optional.empty();
    }

    /// What was reserved runs now.
    /// @return false if the reservation is gone (lapsed, released, or its node was lost): it must not start
    public synchronized boolean commit(String id, Set<String> nodes) {
        var entry = entries.get(id);
        if (entry == null) return false;
        entries.put(id, new Entry(id, entry.owner, entry.amounts, true, Set.copyOf(nodes), entry.since));
        return true;
    }

    /// Enters what is found running, after a restart for instance, whatever the limits say now.
    public synchronized void adopt(String id, Owner owner, Amounts amounts, Set<String> nodes, Instant now) {
        release(id);
        enter(new Entry(id, owner, amounts, true, Set.copyOf(nodes), now));
    }

    /// It holds nothing any more. Releasing what is not entered does nothing.
    public synchronized void release(String id) {
        var entry = entries.remove(id);
        if (entry == null) return;
        for (var sheet : path(entry.owner)) sheet.used = sheet.used.minus(entry.amounts);
        sheet(Account.user(entry.owner)).own.remove(id);
    }

    /// Releases everything on a node that is gone.
    /// @return what was released
    public synchronized List<String> lose(String node) {
        return releaseAll(entry -> entry.nodes.contains(node));
    }

    /// Releases what was reserved before a moment and never started.
    /// @return what was released
    public synchronized List<String> lapse(Instant before) {
        return releaseAll(entry -> !entry.committed && entry.since.isBefore(before));
    }

    private List<String> releaseAll(Predicate<Entry> which) {
        var gone = new ArrayList<String>();
        for (var entry : entries.values()) if (which.test(entry)) gone.add(entry.id);
        gone.forEach(this::release);
        return gone;
    }

    /// Adds to what was used of the month's GPU-hours.
    public synchronized void spend(Owner owner, double gpuHours, Instant at) {
        if (!(gpuHours >= 0)) throw new IllegalArgumentException("GPU-hours are not negative: " + gpuHours);
        for (var sheet : path(owner)) sheet.spend(gpuHours, month(at));
    }

    public synchronized double spent(String account, Instant now) {
        var sheet = sheets.get(account);
        return sheet == null ? 0 : sheet.spent(month(now));
    }

    public synchronized Amounts used(String account) {
        var sheet = sheets.get(account);
        return sheet == null ? Amounts.ZERO : sheet.used;
    }

    public synchronized boolean holds(String id) {
        return entries.containsKey(id);
    }

    private void enter(Entry entry) {
        entries.put(entry.id, entry);
        for (var sheet : path(entry.owner)) sheet.used = sheet.used.plus(entry.amounts);
        sheet(Account.user(entry.owner)).own.put(entry.id, entry.amounts);
    }

    /// The nearest first: a person's own limit is the one they can do most about.
    private List<Sheet> path(Owner owner) {
        return Account.of(owner).stream().map(this::sheet).toList();
    }

    private Sheet sheet(String account) {
        return sheets.computeIfAbsent(account, Sheet::new);
    }

    private static YearMonth month(Instant at) {
        return YearMonth.from(at.atZone(ZoneOffset.UTC));
    }
}

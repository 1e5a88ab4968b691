package sluice.gateway.doors.http;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// Counts wrong tokens by address, a minute at a time. Who has the right token is never kept waiting by somebody with a
/// wrong one behind the same address.
final class Tries {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
    private static final int ADDRESSES = 100_000;

    private record Count(long since, int wrong) {}

    private final int perMinute;
    private final ConcurrentHashMap<String, Count> byAddress = new ConcurrentHashMap<>();

    Tries(int perMinute) {
        this.perMinute = perMinute;
    }

    /// Notes a wrong token, and whether there have been too many.
    boolean tooMany(String address) {
        var now = System.nanoTime();
        if (byAddress.size() > ADDRESSES) byAddress.clear(); // from that many addresses nothing is told by counting
        var count = byAddress.compute(
                address,
                (key, old) -> old == null || now - old.since() > MINUTE
                        ? new Count(now, 1)
                        : new Count(old.since(), old.wrong() + 1));
        return count.wrong() > perMinute;
    }
}

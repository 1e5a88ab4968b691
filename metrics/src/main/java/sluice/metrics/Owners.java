package sluice.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.metrics.gpu.GpuProcess;
import sluice.metrics.host.CgroupUsage;

/// Whose process holds a card: the driver knows pids, the pool knows control groups. Used by the sampler's
/// thread only.
final class Owners {
    private final Tenants tenants;
    private final Duration patience;
    private final Map<String, Tenant> bySession = new HashMap<>();
    private final Map<Long, Tenant> byPid = new HashMap<>();
    private Instant asked = Instant.MIN;

    /// @param patience how long an unknown process stays unknown before the groups are read again
    Owners(Tenants tenants, Duration patience) {
        this.tenants = tenants;
        this.patience = patience;
    }

    Tenant of(GpuProcess process, Instant at) {
        var known = known(process);
        if (known != null) return known;
        if (Duration.between(asked, at).compareTo(patience) >= 0) {
            read(at);
            known = known(process);
            if (known != null) return known;
        }
        return process.session().map(Tenant::unknown).orElse(Tenant.UNMANAGED);
    }

    private @Nullable Tenant known(GpuProcess process) {
        return process.session().isPresent() ? bySession.get(process.session().get()) : byPid.get(process.pid());
    }

    /// All anew, because pids are used again.
    private void read(Instant at) {
        asked = at;
        bySession.clear();
        byPid.clear();
        for (var tenant : tenants.now()) {
            bySession.put(tenant.session(), tenant);
            for (var pid : CgroupUsage.processes(tenant.cgroups())) byPid.put(pid, tenant);
        }
    }
}

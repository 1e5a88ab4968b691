package sluice.metrics;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import sluice.metrics.gpu.Gpus;
import sluice.metrics.host.HostSampler;
import sluice.metrics.page.CardSource;
import sluice.metrics.page.NodeSource;
import sluice.metrics.page.NpuSource;
import sluice.metrics.page.PrometheusPage;
import sluice.metrics.page.SessionSource;

/// A node that is looked at when the test says so.
public final class LiveNode {
    private final String hostname;
    private final Sampler sampler;

    public LiveNode(String hostname, Gpus gpus, Clock clock) {
        this.hostname = hostname;
        var host = new HostSampler(Path.of("/proc"), Path.of("/sys"), clock);
        this.sampler = new Sampler(hostname, gpus, host, Tenants.NOBODY, SamplerConfig.standard(), clock);
    }

    public void look() {
        sampler.sampleCards();
        sampler.sampleHost();
    }

    public PrometheusPage page() {
        return new PrometheusPage(List.of(
                new CardSource(this::latest),
                new NpuSource(this::latest),
                new NodeSource(this::latest, () -> List.of(hostname, "gone")),
                new SessionSource(this::latest)));
    }

    private List<Snapshot> latest() {
        return List.of(sampler.latest());
    }
}

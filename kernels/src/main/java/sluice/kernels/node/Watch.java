package sluice.kernels.node;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import sluice.metrics.Sampler;
import sluice.metrics.SamplerConfig;
import sluice.metrics.Snapshot;
import sluice.metrics.Tenants;
import sluice.metrics.gpu.Gpu;
import sluice.metrics.gpu.Gpus;
import sluice.metrics.host.HostSampler;

/// The node's cards, and what is seen of them and of the machine every second.
final class Watch implements AutoCloseable {
    private final Gpus gpus;
    private final Sampler sampler;

    /// @param gpus to look at, and to close in the end
    Watch(Gpus gpus, Tenants tenants) {
        this.gpus = gpus;
        this.sampler =
                new Sampler(hostname(), gpus, new HostSampler(), tenants, SamplerConfig.standard(), Clock.systemUTC());
    }

    /// Begins to look.
    void start() {
        sampler.start();
    }

    Snapshot latest() {
        return sampler.latest();
    }

    /// The cards in words: `4 × Simulated H100`.
    List<String> words() {
        Map<String, Integer> models = new TreeMap<>();
        for (Gpu card : gpus.cards()) models.merge(card.model(), 1, Integer::sum);
        return models.entrySet().stream()
                .map(entry -> "%d × %s".formatted(entry.getValue(), entry.getKey()))
                .toList();
    }

    Optional<String> whyNone() {
        return gpus.whyNone();
    }

    @Override
    public void close() {
        sampler.close();
        gpus.close();
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }
}

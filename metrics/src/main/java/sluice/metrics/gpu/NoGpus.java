package sluice.metrics.gpu;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A machine without cards.
record NoGpus(String why) implements Gpus {
    @Override
    public List<Gpu> cards() {
        return List.of();
    }

    @Override
    public GpusSample sample() {
        return new GpusSample(Instant.now(), List.of(), List.of());
    }

    @Override
    public Optional<GpuMemory> memory(String uuid) {
        return Optional.empty();
    }

    @Override
    public Optional<String> whyNone() {
        return Optional.of(why);
    }

    @Override
    public void close() {}
}

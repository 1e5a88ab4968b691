package sluice.kernels.node;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import sluice.metrics.gpu.Gpu;
import sluice.metrics.gpu.GpuMemory;
import sluice.metrics.gpu.Gpus;
import sluice.metrics.gpu.GpusSample;
import sluice.metrics.gpu.Vendor;

/// Cards that pass for real ones: the node takes them for a vendor's, and looks for their device files.
final class FakeGpus implements Gpus {
    static final long BYTES = 80L << 30;

    private final List<Gpu> cards;
    private final Set<String> gone = ConcurrentHashMap.newKeySet();

    FakeGpus(Gpu... cards) {
        this.cards = List.of(cards);
    }

    static Gpu card(Vendor vendor, String uuid, int index, Path... files) {
        return new Gpu(
                uuid,
                index,
                vendor,
                "Fake H100",
                BYTES,
                "00000000:0%d:00.0".formatted(index),
                OptionalInt.empty(),
                "1.0",
                OptionalInt.of(index),
                List.of(files).stream().map(Path::toString).toList(),
                false,
                List.of());
    }

    void lose(String uuid) {
        gone.add(uuid);
    }

    @Override
    public List<Gpu> cards() {
        return cards;
    }

    @Override
    public GpusSample sample() {
        return new GpusSample(Instant.now(), List.of(), List.of());
    }

    @Override
    public Optional<GpuMemory> memory(String uuid) {
        if (gone.contains(uuid) || cards.stream().noneMatch(card -> card.uuid().equals(uuid))) return Optional.empty();
        return Optional.of(new GpuMemory(BYTES, 0, BYTES, 0));
    }

    @Override
    public void close() {}
}

package sluice.metrics.gpu;

import java.time.Instant;
import java.util.List;

/// All cards at one moment, and what befell them since the last time somebody asked.
///
/// @param cards in the order of [Gpus#cards()], lost ones included
/// @param events oldest first; each is handed out once
public record GpusSample(Instant at, List<GpuSample> cards, List<GpuEvent> events) {
    public GpusSample {
        cards = List.copyOf(cards);
        events = List.copyOf(events);
    }
}

package sluice.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import sluice.metrics.gpu.GpuEvent;
import sluice.metrics.gpu.GpusSample;

/// Remembers what befell each card, and sees when one goes or comes back. Used by the sampler's thread only.
final class CardBook {
    private final Map<String, Page> pages = new HashMap<>();

    private static final class Page {
        private OptionalInt lastXid = OptionalInt.empty();
        private final Map<Integer, Long> xids = new HashMap<>();
        private final Set<Integer> open = new HashSet<>();
        private long faults;
        private boolean lost;
    }

    /// Writes down what a sample brings.
    ///
    /// @return its events and, behind them, those that only a comparison with the sample before shows
    List<GpuEvent> note(GpusSample sample) {
        var events = new ArrayList<>(sample.events());
        for (var card : sample.cards()) {
            var uuid = card.gpu().uuid();
            var page = pages.computeIfAbsent(uuid, _ -> new Page());
            if (card.lost() && !page.lost) events.add(new GpuEvent.Lost(uuid, sample.at()));
            if (!card.lost() && page.lost) events.add(new GpuEvent.Returned(uuid, sample.at()));
            page.lost = card.lost();
        }
        for (var event : events) note(event);
        return events;
    }

    private void note(GpuEvent event) {
        var page = pages.computeIfAbsent(event.uuid(), _ -> new Page());
        switch (event) {
            case GpuEvent.Xid xid -> {
                page.lastXid = OptionalInt.of(xid.code());
                page.xids.merge(xid.code(), 1L, Long::sum);
                page.open.add(xid.code());
            }
            case GpuEvent.Fault _ -> page.faults++;
            case GpuEvent.Lost _ -> {}
            // Only a reset brings a lost card back, and with it the errors are over.
            case GpuEvent.Returned _ -> page.open.clear();
        }
    }

    CardErrors of(String uuid) {
        var page = pages.get(uuid);
        return page == null ? CardErrors.NONE : new CardErrors(page.lastXid, page.xids, page.open, page.faults);
    }

    /// The card was reset by somebody who knows: its errors do not count against it any more.
    void forgive(String uuid) {
        var page = pages.get(uuid);
        if (page != null) page.open.clear();
    }
}

package sluice.metrics.gpu;

import java.util.Locale;
import java.util.Set;

/// What may still be done with a card, by what the driver and its errors say.
public enum Health {
    /// Use it.
    OK,
    /// Let those on it finish, put nobody new on it, reset it when it is empty.
    DRAIN,
    /// Not before it was reset or the node rebooted; what lies in host memory is safe.
    FAILED,
    /// Gone from the bus.
    LOST;

    // NVIDIA's "XID errors" guide. 13, 31, 43 and 45 are the program's own fault and say nothing about the card.
    private static final Set<Integer> DRAINING = Set.of(63, 94);
    private static final Set<Integer> FAILING = Set.of(48, 64, 74, 92, 95, 119, 120, 140);
    private static final Set<Integer> LOSING = Set.of(79);

    /// As it stands in labels, answers and tables.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Judges a card; the worst sign counts.
    ///
    /// @param xids of this card since the node started
    public static Health of(GpuSample sample, Set<Integer> xids) {
        var readings = sample.readings();
        if (sample.lost() || xids.stream().anyMatch(LOSING::contains)) return LOST;
        if (xids.stream().anyMatch(FAILING::contains)
                || readings.getOr(Reading.RECOVERY_ACTION, 0) > 0
                || readings.getOr(Reading.REMAP_FAILURE, 0) > 0
                || readings.getOr(Reading.DRIVER_HEALTH, 0) >= 2) return FAILED;
        if (xids.stream().anyMatch(DRAINING::contains)
                || readings.getOr(Reading.REMAP_PENDING, 0) > 0
                || readings.getOr(Reading.RETIRED_PENDING, 0) > 0
                || readings.getOr(Reading.DRIVER_HEALTH, 0) >= 1) return DRAIN;
        return OK;
    }
}

package sluice.scheduling.place;

import java.util.Map;

/// How much of a card's rest nobody can use, given what people ask for (Weng et al., "Beware of Fragmentation",
/// USENIX ATC 2023): F(free) = free · P(a request is larger than free). A part of a card goes where F grows
/// least, which is where its remainder still fits what others ask for, or where it fills the card up.
public final class Fragmentation {
    /// By thousandths that are left.
    private final double[] wasted = new double[1001];

    /// @param asked how many requests there are for each size in thousandths of a card; sizes from 1000 on
    /// count as 1000
    public Fragmentation(Map<Integer, Integer> asked) {
        var count = new double[1001];
        double all = 0;
        for (var size : asked.entrySet()) {
            if (size.getKey() <= 0) continue;
            count[Math.min(1000, size.getKey())] += size.getValue();
            all += size.getValue();
        }
        // Without anything to go by, whole cards are what is spoilt most easily.
        if (all == 0) count[1000] = all = 1;
        double larger = 0;
        for (int free = 1000; free >= 0; free--) {
            wasted[free] = free * larger / all;
            larger += count[free];
        }
    }

    public double wasted(int free) {
        return free > 1000 ? 0 : wasted[Math.max(0, free)];
    }

    /// What taking so much from a card with so much left spoils; negative where it leaves less that is spoilt.
    public double growth(int free, int taken) {
        return wasted(free - taken) - wasted(free);
    }
}

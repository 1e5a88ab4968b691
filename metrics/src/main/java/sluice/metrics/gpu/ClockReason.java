package sluice.metrics.gpu;

import java.util.EnumSet;
import java.util.Set;

/// Why a card's clocks are not higher: `nvmlClocksEventReasons`.
public enum ClockReason {
    IDLE(0x1),
    APPLICATION_SETTING(0x2),
    POWER_CAP(0x4),
    HARDWARE_SLOWDOWN(0x8),
    SYNC_BOOST(0x10),
    THERMAL_SOFTWARE(0x20),
    THERMAL_HARDWARE(0x40),
    POWER_BRAKE(0x80),
    DISPLAY_SETTING(0x100);

    private final long bit;

    ClockReason(long bit) {
        this.bit = bit;
    }

    /// Those that hold in a value of [Reading#CLOCK_REASONS].
    public static Set<ClockReason> in(double mask) {
        var reasons = EnumSet.noneOf(ClockReason.class);
        for (var reason : values()) if (((long) mask & reason.bit) != 0) reasons.add(reason);
        return reasons;
    }
}

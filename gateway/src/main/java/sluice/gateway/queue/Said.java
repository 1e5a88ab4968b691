package sluice.gateway.queue;

import java.util.ArrayList;
import java.util.regex.Pattern;
import sluice.scheduling.Demand;
import sluice.scheduling.Gpus;
import sluice.scheduling.Needs;
import sluice.scheduling.Words;

/// The scheduler's sentences as people read them.
public final class Said {
    /// A kernel's id; its beginning is enough for every command.
    private static final Pattern ID =
            Pattern.compile("\\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b");

    private Said() {}

    /// What a demand asks for: `1 GPU (H100), 4 CPUs`, or `no GPU`.
    public static String asked(Demand demand) {
        var needs = demand.needs();
        var said = new ArrayList<String>();
        said.add(gpus(needs) + (needs.model() == null ? "" : " (%s)".formatted(needs.model())));
        said.addAll(Words.host(needs));
        return (demand.ranks() == 1 ? "" : demand.ranks() + " × ") + String.join(", ", said);
    }

    private static String gpus(Needs needs) {
        return switch (needs.gpus()) {
            case Gpus.None() -> "no GPU";
            case Gpus.Whole(int count) -> Words.gpus(count * 1000L);
            case Gpus.Fraction(int milli) -> Words.gpus(milli);
            case Gpus.Memory(long bytes) -> Words.bytes(bytes) + " of a GPU";
            case Gpus.Instance(int sevenths, var _) -> "%d/7 of a GPU".formatted(sevenths);
        };
    }

    /// With a capital, and ids no longer than they need be.
    public static String plainly(String reason) {
        if (reason.isEmpty()) return reason;
        var shorter = ID.matcher(reason).replaceAll("$1");
        return Character.toUpperCase(shorter.charAt(0)) + shorter.substring(1);
    }
}

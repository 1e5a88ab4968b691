package sluice.scheduling.queue;

import java.time.Duration;
import sluice.scheduling.MoveCost;

/// What somebody who runs a pool may want otherwise.
/// @param k how much recent use takes off a team's share of what is lent out (KAI's k)
/// @param foresight how much what somebody holds now counts as use already, per GPU, in recent GPUs: without it
/// whoever is due most would get everything that is free in one cycle
/// @param ageFull waiting for so long outweighs any difference in use
/// @param bypassMost after so many cycles of being overtaken, room is kept
/// @param blockedMost after so much time of being blocked, room is kept
/// @param quantum a busy session has its card for so long before it takes turns with somebody who waits
/// @param notice what cannot be suspended is not stopped before its owner has known it for so long
/// @param idleAtLeast what was busy a moment ago is not idle
/// @param move what moving a session's GPU state off a card takes, or back
/// @param holdsMost for how many demands room is kept at a time
/// @param searchesMost for how many demands victims are looked for in a cycle
public record Policy(
        double k,
        double foresight,
        Duration ageFull,
        int bypassMost,
        Duration blockedMost,
        Duration quantum,
        Duration notice,
        Duration idleAtLeast,
        MoveCost move,
        int holdsMost,
        int searchesMost) {
    public static final Policy USUAL = new Policy(
            0.5,
            0.03,
            Duration.ofHours(24),
            5,
            Duration.ofHours(2),
            Duration.ofMinutes(30),
            Duration.ofMinutes(10),
            Duration.ofSeconds(30),
            new MoveCost(0.5, 6e9),
            4,
            32);

    public Policy {
        if (!(k >= 0) || !(foresight >= 0)) throw new IllegalArgumentException("k and foresight are not negative");
        if (ageFull.isZero() || ageFull.isNegative())
            throw new IllegalArgumentException("ageFull is longer than nothing: " + ageFull);
        if (bypassMost < 1 || holdsMost < 0 || searchesMost < 0)
            throw new IllegalArgumentException("bypassMost is at least 1, holdsMost and searchesMost are at least 0");
    }
}

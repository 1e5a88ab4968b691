package sluice.gateway.ledger;

import java.util.ArrayList;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Refused;
import sluice.scheduling.Amounts;
import sluice.scheduling.Limits;
import sluice.scheduling.Words;

/// What an account may hold at once and use in a month, and what is due to it. A limit that is null limits nothing.
/// @param gpuBytes of cards' memory
/// @param gpuHours in a calendar month (UTC)
/// @param deserved thousandths of cards that are a team's before anything is lent out
/// @param weight how much of what is left over goes here, relative to its siblings
public record Allowance(
        @Nullable Long milliGpus,
        @Nullable Long gpuBytes,
        @Nullable Long milliCpus,
        @Nullable Long memory,
        @Nullable Long disk,
        @Nullable Long sessions,
        @Nullable Double gpuHours,
        long deserved,
        double weight) {

    /// Nothing is limited, nothing is due before others.
    public static final Allowance UNLIMITED = new Allowance(null, null, null, null, null, null, null, 0, 1);

    /// More than any pool has: what exceeds these is a slip of the keyboard.
    public static final long MOST_GPUS = 1_000_000;

    public static final long MOST_CPUS = 100_000_000;
    public static final long MOST_SESSIONS = 1_000_000;
    public static final long MOST_GPU_HOURS = 1_000_000_000;
    public static final long MOST_WEIGHT = 1_000_000;
    /// 8 PiB, up to where every JSON reader is exact.
    public static final long MOST_BYTES = 1L << 53;

    /// @throws Refused for a number that no quota can be
    public Allowance {
        check("GPUs", milliGpus, MOST_GPUS * 1000, MOST_GPUS + "");
        check("GPU memory", gpuBytes, MOST_BYTES, "8 PiB");
        check("CPUs", milliCpus, MOST_CPUS * 1000, MOST_CPUS + "");
        check("memory", memory, MOST_BYTES, "8 PiB");
        check("disk", disk, MOST_BYTES, "8 PiB");
        check("sessions", sessions, MOST_SESSIONS, MOST_SESSIONS + "");
        check("deserved GPUs", deserved, MOST_GPUS * 1000, MOST_GPUS + "");
        if (gpuHours != null && !(gpuHours >= 0 && gpuHours <= MOST_GPU_HOURS))
            throw Refused.badRequest("A quota of GPU-hours is from 0 to " + MOST_GPU_HOURS);
        if (!(weight >= 0 && weight <= MOST_WEIGHT)) throw Refused.badRequest("A weight is from 0 to " + MOST_WEIGHT);
    }

    private static void check(String what, @Nullable Long limit, long most, String inWords) {
        if (limit != null && (limit < 0 || limit > most))
            throw Refused.badRequest("A quota of %s is from 0 to %s".formatted(what, inWords));
    }

    /// As the scheduler knows it.
    public Limits limits() {
        return new Limits(
                new Amounts(
                        orNone(milliGpus),
                        orNone(gpuBytes),
                        orNone(milliCpus),
                        orNone(memory),
                        orNone(disk),
                        orNone(sessions)),
                gpuHours == null ? Double.POSITIVE_INFINITY : gpuHours);
    }

    private static long orNone(@Nullable Long limit) {
        return limit == null ? Limits.NONE : limit;
    }

    /// `4 GPUs, 80 GB of GPU memory, 100 GPU-hours a month`, or `no limits`
    public String words() {
        var said = new ArrayList<String>();
        if (milliGpus != null) said.add(Words.gpus(milliGpus));
        if (gpuBytes != null) said.add(Words.bytes(gpuBytes) + " of GPU memory");
        if (milliCpus != null) said.add(Words.cpus(milliCpus));
        if (memory != null) said.add(Words.bytes(memory) + " of memory");
        if (disk != null) said.add(Words.bytes(disk) + " of disk");
        if (sessions != null) said.add(Words.counted(sessions, "session"));
        if (gpuHours != null) said.add(number(gpuHours) + " GPU-hours a month");
        if (said.isEmpty()) said.add("no limits");
        if (deserved > 0) said.add(Words.gpus(deserved) + " deserved");
        if (weight != 1) said.add("weight " + number(weight));
        return String.join(", ", said);
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.3f", value).replaceAll("0+$", "");
    }
}

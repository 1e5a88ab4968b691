package sluice.scheduling;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How amounts and times are said to a person, everywhere in the same way.
public final class Words {
    private Words() {}

    /// `4 GPUs`, `1 GPU`, `0.25 GPUs`
    public static String gpus(long milli) {
        return number(milli) + (milli == 1000 ? " GPU" : " GPUs");
    }

    /// `16 CPUs`
    public static String cpus(long milli) {
        return number(milli) + (milli == 1000 ? " CPU" : " CPUs");
    }

    /// `3 sessions`
    public static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    /// What is asked for beside cards: `64 CPUs`, `256 GB of memory`, `1 TB of disk`
    public static List<String> host(Needs needs) {
        var host = new ArrayList<String>();
        if (needs.milliCpus() > 0) host.add(cpus(needs.milliCpus()));
        if (needs.memory() > 0) host.add(bytes(needs.memory()) + " of memory");
        if (needs.disk() > 0) host.add(bytes(needs.disk()) + " of disk");
        return host;
    }

    private static String number(long milli) {
        if (milli % 1000 == 0) return Long.toString(milli / 1000);
        return String.format(Locale.ROOT, "%.3f", milli / 1000.0).replaceAll("0+$", "");
    }

    /// Binary units under their everyday names: `80 GB`, `1.5 GB`, `512 MB`.
    public static String bytes(long bytes) {
        if (bytes < 1L << 20) return bytes + " bytes";
        if (bytes < 1L << 30) return scaled(bytes, 20) + " MB";
        if (bytes < 1L << 40) return scaled(bytes, 30) + " GB";
        return scaled(bytes, 40) + " TB";
    }

    private static String scaled(long bytes, int shift) {
        double value = bytes / (double) (1L << shift);
        var text = String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }

    /// `20 s`, `4 min`, `3 h`, `2 days`: never more exact than it can be meant.
    public static String about(Duration time) {
        long seconds = Math.max(1, time.toSeconds());
        if (seconds < 90) return seconds + " s";
        if (seconds < 90 * 60) return Math.round(seconds / 60.0) + " min";
        if (seconds < 36 * 3600) return Math.round(seconds / 3600.0) + " h";
        return Math.round(seconds / 86400.0) + " days";
    }

    /// `1st`, `2nd`, `3rd`, `11th`
    public static String ordinal(int place) {
        int tens = place % 100;
        if (tens >= 11 && tens <= 13) return place + "th";
        return place
                + switch (place % 10) {
                    case 1 -> "st";
                    case 2 -> "nd";
                    case 3 -> "rd";
                    default -> "th";
                };
    }
}

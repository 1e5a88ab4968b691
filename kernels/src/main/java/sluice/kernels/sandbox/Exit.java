package sluice.kernels.sandbox;

import java.util.Map;

/// How a process ended.
/// @param status as a shell tells it: 128 + n for signal n, or negative when nobody saw it
/// @param outOfMemory whether its control group ran out of memory
public record Exit(int status, boolean outOfMemory) {
    private static final Map<Integer, String> SIGNALS = Map.of(
            1, "SIGHUP", 2, "SIGINT", 4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 9, "SIGKILL", 11, "SIGSEGV",
            15, "SIGTERM", 24, "SIGXCPU");

    static final Exit UNSEEN = new Exit(-1, false);

    /// In words that follow "the kernel": `exited with status 3`.
    public String words() {
        if (outOfMemory) return "was killed because it used more memory than it may";
        if (status < 0) return "ended (nobody saw how)";
        if (status <= 128) return "exited with status " + status;
        var signal = status - 128;
        return "was killed by signal %d (%s)".formatted(signal, SIGNALS.getOrDefault(signal, "unnamed"));
    }
}

package sluice.gateway.up;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/// What the supervisor says to whoever started it, each line with the seconds since then.
final class Voice {
    private final PrintStream out;
    private final long began = System.nanoTime();

    Voice(PrintStream out) {
        this.out = out;
    }

    void say(String line) {
        var seconds = (System.nanoTime() - began) / 1e9;
        plainly(String.format(Locale.ROOT, "%7.1f s  %s", seconds, line));
    }

    synchronized void plainly(String line) {
        out.println(line);
        out.flush();
    }

    static String seconds(Duration time) {
        var text = String.format(Locale.ROOT, "%.1f", time.toMillis() / 1000.0);
        return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text) + " s";
    }
}

package sluice.kernels.program;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a program of the pool hears of its supervisor, over its standard input: the line `stop`, or the end.
public final class SupervisorWord {
    private static final Logger LOG = LoggerFactory.getLogger(SupervisorWord.class);

    private SupervisorWord() {}

    /// Waits for the word or the end.
    /// @return true when told to stop, false when the supervisor is gone
    public static boolean toldToStop(InputStream supervisor) {
        var lines = new BufferedReader(new InputStreamReader(supervisor, StandardCharsets.UTF_8));
        try {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.strip().equals("stop")) return true;
                LOG.warn("Not a word for a program: {}", line);
            }
        } catch (IOException e) {
            LOG.warn("The supervisor cannot be heard: {}", e.getMessage());
        }
        return false;
    }
}

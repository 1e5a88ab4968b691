package sluice.kernels.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The node program: `NodeMain CONFIG.json`. Its standard input is its supervisor: the line `stop` ends everything it
/// runs and then itself; the end of input (the supervisor died) and SIGTERM end only itself, and the next node takes
/// over what runs.
public final class NodeMain {
    private static final Logger LOG = LoggerFactory.getLogger(NodeMain.class);

    private NodeMain() {}

    public static void main(String[] args) {
        System.exit(run(args, System.in));
    }

    static int run(String[] args, InputStream supervisor) {
        if (args.length != 1) {
            System.err.println("usage: NodeMain CONFIG.json");
            return 2;
        }
        var env = System.getenv();
        try (var node = Node.open(NodeConfig.read(Path.of(args[0]), env), env)) {
            if (toldToStop(supervisor)) node.stopAll();
            return 0;
        } catch (IOException | RuntimeException e) {
            LOG.error("The node cannot run: {}", e.getMessage());
            LOG.debug("Where that happened", e);
            return 1;
        } catch (InterruptedException e) {
            return 0;
        }
    }

    /// Waits for the supervisor's word or end.
    private static boolean toldToStop(InputStream supervisor) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(supervisor, StandardCharsets.UTF_8));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.strip().equals("stop")) return true;
            LOG.warn("Not a word for a node: {}", line);
        }
        LOG.info("The supervisor is gone; what runs goes on running");
        return false;
    }
}

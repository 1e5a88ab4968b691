package sluice.kernels.node;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.link.Link;
import sluice.kernels.link.LinkConfig;
import sluice.kernels.program.HeapReturn;
import sluice.kernels.program.SupervisorWord;

/// The node program: `NodeMain CONFIG.json`. Its standard input is its supervisor: the line `stop` ends everything it
/// runs and then itself; the end of input (the supervisor died) and SIGTERM end only itself, and the next node takes
/// over what runs.
public final class NodeMain {
    private static final Logger LOG = LoggerFactory.getLogger(NodeMain.class);

    private NodeMain() {}

    public static void main(String[] args) {
        HeapReturn.start();
        System.exit(run(args, System.in));
    }

    static int run(String[] args, InputStream supervisor) {
        if (args.length != 1) {
            System.err.println("usage: NodeMain CONFIG.json");
            return 2;
        }
        var env = System.getenv();
        try {
            var config = NodeConfig.read(Path.of(args[0]), env);
            return run(config, env, supervisor);
        } catch (IOException | RuntimeException e) {
            LOG.error("The node cannot run: {}", e.getMessage());
            LOG.debug("Where that happened", e);
            return 1;
        } catch (InterruptedException e) {
            return 0;
        }
    }

    private static int run(NodeConfig config, Map<String, String> env, InputStream supervisor)
            throws IOException, InterruptedException {
        var incarnation = UUID.randomUUID().toString();
        try (var node = Node.open(config, env);
                var link =
                        Link.open(new LinkConfig(config.link(), config.name(), version(), incarnation), node.desk())) {
            node.desk().listen(link::tell);
            if (SupervisorWord.toldToStop(supervisor)) node.stopAll();
            else LOG.info("The supervisor is gone; what runs goes on running");
            return 0;
        }
    }

    private static String version() {
        return System.getProperty("sluice.version", "unknown");
    }
}

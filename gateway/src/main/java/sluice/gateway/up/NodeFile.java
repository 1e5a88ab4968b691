package sluice.gateway.up;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sluice.gateway.config.Config;
import sluice.gateway.config.Places;
import tools.jackson.databind.json.JsonMapper;

/// The node's part of the configuration, as the JSON file that it is started with. What it leaves out, the node knows.
final class NodeFile {
    private NodeFile() {}

    /// @param environment the prefix of the pool's own Python environment
    static byte[] of(Config config, Places places, Path environment) {
        return JsonMapper.shared()
                .writeValueAsBytes(Map.of(
                        "gpus", config.node().gpus(),
                        "data", places.data().toString(),
                        "run", places.run().toString(),
                        "link", places.run().toString(),
                        "specs", specs(config, environment),
                        "sandbox", sandbox(config),
                        "kernels", kernels(config),
                        "line", line(config),
                        "apps", apps(config)));
    }

    private static Map<String, Object> specs(Config config, Path environment) {
        var environments = List.of(environment.toString());
        var more = config.node().jupyterPath();
        // Left out, the node takes what JUPYTER_PATH says.
        return more.isEmpty()
                ? Map.of("environments", environments)
                : Map.of("environments", environments, "jupyterPath", more);
    }

    private static Map<String, Object> sandbox(Config config) {
        var limits = config.limits();
        return Map.of(
                "kind", config.node().sandbox().name().toLowerCase(Locale.ROOT),
                "firstUid", config.node().firstUid(),
                "home", limits.home().bytes(),
                "limits",
                        Map.of(
                                "memoryBytes", limits.memory().bytes(),
                                "cpus", limits.cpus(),
                                "processes", limits.processes(),
                                "openFiles", limits.openFiles()));
    }

    private static Map<String, Object> kernels(Config config) {
        var node = config.node();
        var culling = config.culling();
        return Map.of(
                "most", node.kernels(),
                "mostPerOwner", node.kernelsPerUser(),
                "startWait", node.answerWithin().toString(),
                "launchTimeout", node.startWithin().toString(),
                "stopWait", node.stopWithin().toString(),
                "deaths", node.restarts(),
                "passEnv", node.passEnvironment(),
                "culling",
                        Map.of(
                                "idleTimeout", culling.idle().toString(),
                                "busyTimeout", culling.busy().toString(),
                                "interval", culling.every().toString(),
                                "connected", culling.connected(),
                                "warning", culling.warning().toString()));
    }

    private static Map<String, Object> line(Config config) {
        var ring = config.ring();
        return Map.of(
                "ringBytes", ring.bytes().bytes(),
                "ringAge", ring.keep().toString(),
                "stallAfter", ring.stallAfter().toString());
    }

    private static Map<String, Object> apps(Config config) {
        var lab = config.lab();
        return Map.of(
                "most", lab.labs(),
                "launchTimeout", lab.startWithin().toString(),
                "idleTimeout", lab.idle().toString());
    }
}

package sluice.gateway.up;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import sluice.gateway.config.Config;
import sluice.gateway.config.Places;
import tools.jackson.databind.json.JsonMapper;

/// The node's part of the configuration, as the JSON file that it is started with.
final class NodeFile {
    private NodeFile() {}

    static byte[] of(Config config, Places places, Path environment) {
        var node = config.node();
        var file = new LinkedHashMap<String, Object>();
        file.put("data", places.data().toString());
        file.put("run", places.run().toString());
        file.put("environment", environment.toString());
        file.put("sandbox", node.sandbox().name());
        file.put("limits", Map.of("memory", config.limits().memory().bytes()));
        return JsonMapper.shared().writeValueAsBytes(file);
    }
}

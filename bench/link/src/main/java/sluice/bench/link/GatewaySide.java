package sluice.bench.link;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// The gateway's program: listens with a carrier, starts a node that dials it, measures, and prints the figures.
final class GatewaySide {
    private static final int TAKES = 2;

    private GatewaySide() {}

    public static void main(String[] arguments) throws Exception {
        var carrier = arguments[0];
        var folder = Files.createTempDirectory("link");
        var gateway = Carrier.named(carrier).listen(folder);
        try (var node = NodeProcess.start(carrier, folder)) {
            var measures = new Measures(gateway, node);
            measures.warmUp();
            var takes = new ArrayList<Map<Figure, Double>>();
            for (int take = 0; take < TAKES; take++) takes.add(measures.take());
            measures.over();
            System.out.println(new JsonMapper().writeValueAsString(takes));
        } finally {
            try (var files = Files.list(folder)) {
                for (var file : files.toList()) Files.delete(file);
            }
            Files.delete(folder);
        }
        System.exit(0);
    }
}

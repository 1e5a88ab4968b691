package sluice.bench.link;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The node's program: dials with a carrier, answers a line on stdin with the processor time it has used, and ends with
/// stdin.
final class NodeSide {
    private NodeSide() {}

    public static void main(String[] arguments) throws Exception {
        Carrier.named(arguments[0]).dial(Path.of(arguments[1]), new BenchDesk());
        var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (orders.readLine() != null) System.out.println(ProcessorTime.ofThisProcess());
        System.exit(0);
    }
}

package sluice.bench.link;

import java.util.Collections;
import java.util.List;

/// What is measured. Sizes: a message of 600 bytes is a small output; one of 1 MB (10⁶ bytes) is a plot or a table.
enum Figure {
    ECHO_P50("600 B there and back, p50", "µs"),
    ECHO_P99("  p99", "µs"),
    ECHO_CPU("  processor time, both programs", "µs"),
    ELSEWHERE_P50("… answered by another thread of the node, p50", "µs"),
    ELSEWHERE_P99("  p99", "µs"),
    ELSEWHERE_CPU("  processor time, both programs", "µs"),
    SMALL_RATE("600 B node → gateway, messages", "/s"),
    SMALL_CPU_GATEWAY("  processor time a message, gateway", "µs"),
    SMALL_CPU_NODE("  processor time a message, node", "µs"),
    LARGE_RATE("1 MB messages node → gateway", "MB/s"),
    LARGE_CPU("  processor time a message, both programs", "µs"),
    NEIGHBOUR_P50("600 B there and back beside a flood of 1 MB, p50", "µs"),
    NEIGHBOUR_P99("  p99", "µs"),
    NEIGHBOUR_FLOOD("  the flood meanwhile", "MB/s"),
    STALLED_P50("… beside a flood nobody reads, p50", "µs"),
    STALLED_P99("  p99", "µs");

    final String words;
    final String unit;

    Figure(String words, String unit) {
        this.words = words;
        this.unit = unit;
    }

    boolean moreIsBetter() {
        return unit.endsWith("/s");
    }

    /// The take that the rest of the machine disturbed least.
    double best(List<Double> takes) {
        return moreIsBetter() ? Collections.max(takes) : Collections.min(takes);
    }

    double median(List<Double> takes) {
        var sorted = takes.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}

package sluice.scheduling;

import java.util.List;

/// Where something runs: one part for each rank.
public record Placement(Mode mode, List<Part> parts) {
    public Placement {
        parts = List.copyOf(parts);
    }

    /// @param milliCpus thousandths of a core
    /// @param memory bytes
    /// @param disk bytes
    public record Part(String node, List<Share> shares, int milliCpus, long memory, long disk) {
        public Part {
            shares = List.copyOf(shares);
        }
    }

    /// @param card its UUID
    /// @param milli thousandths of the card
    /// @param bytes of its memory
    public record Share(String card, int milli, long bytes) {}

    public Amounts amounts() {
        long milli = 0;
        long bytes = 0;
        long cpus = 0;
        long memory = 0;
        long disk = 0;
        for (var part : parts) {
            for (var share : part.shares) {
                milli += share.milli;
                bytes += share.bytes;
            }
            cpus += part.milliCpus;
            memory += part.memory;
            disk += part.disk;
        }
        return new Amounts(milli, bytes, cpus, memory, disk, 1);
    }

    public boolean touches(String node) {
        return parts.stream().anyMatch(part -> part.node.equals(node));
    }

    public int cards() {
        return parts.stream().mapToInt(part -> part.shares.size()).sum();
    }

    /// Its cards alone: what a suspension frees.
    public Placement onlyCards() {
        return new Placement(
                mode,
                parts.stream()
                        .map(part -> new Part(part.node, part.shares, 0, 0, 0))
                        .toList());
    }

    /// Everything but its cards: what a parked session keeps.
    public Placement withoutCards() {
        return new Placement(
                mode,
                parts.stream()
                        .map(part -> new Part(part.node, List.of(), part.milliCpus, part.memory, part.disk))
                        .toList());
    }
}

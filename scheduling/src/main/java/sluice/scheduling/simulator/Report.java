package sluice.scheduling.simulator;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import sluice.scheduling.Words;

/// What came of a scenario under several policies.
public record Report(Scenario scenario, List<Row> rows) {
    public Report {
        rows = List.copyOf(rows);
    }

    /// @param held GPU-hours in which somebody's state lay on a card, counted by cards
    /// @param busy the part of it in which cells ran
    /// @param cells that were sent
    /// @param delayed the part of them that had to wait for a card, for room or for their state
    /// @param p50 seconds of delay, over all cells
    /// @param p95 seconds of delay, over all cells
    /// @param p99 seconds of delay, over all cells
    /// @param outs moves from a card to host memory
    /// @param ins moves from host memory to a card
    /// @param peakHost bytes of moved state in one node's memory at most
    /// @param peakCards cards with state on them at most
    public record Row(
            String policy,
            int cards,
            double held,
            double busy,
            int cells,
            double delayed,
            double p50,
            double p95,
            double p99,
            int outs,
            int ins,
            long peakHost,
            int peakCards) {
        public int moves() {
            return outs + ins;
        }
    }

    public String table() {
        var lines = new StringBuilder(String.format(
                Locale.ROOT,
                "%d one-GPU notebooks, %s days, move %s s + bytes at %s GB/s, seed %d (simulated)%n",
                scenario.notebooks(),
                plain(scenario.days()),
                plain(scenario.cost().seconds()),
                plain(scenario.cost().bytesPerSecond() / 1e9),
                scenario.seed()));
        lines.append(String.format(
                Locale.ROOT,
                "%-14s %5s %10s %9s %7s %9s %8s %9s %9s %7s %10s %10s%n",
                "policy",
                "cards",
                "held h",
                "busy/held",
                "cells",
                "delayed",
                "p50",
                "p95",
                "p99",
                "moves",
                "host peak",
                "card peak"));
        for (var row : rows) {
            lines.append(String.format(
                    Locale.ROOT,
                    "%-14s %5d %10.0f %8.1f%% %7d %8.2f%% %8s %9s %9s %7d %10s %10d%n",
                    row.policy,
                    row.cards,
                    row.held,
                    100 * row.busy,
                    row.cells,
                    100 * row.delayed,
                    time(row.p50),
                    time(row.p95),
                    time(row.p99),
                    row.moves(),
                    row.peakHost == 0 ? "0" : Words.bytes(row.peakHost),
                    row.peakCards));
        }
        return lines.toString();
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static String time(double seconds) {
        if (seconds < 100) return String.format(Locale.ROOT, "%.1f s", seconds);
        if (seconds < 2 * 3600) return String.format(Locale.ROOT, "%.0f min", seconds / 60);
        return String.format(Locale.ROOT, "%.1f h", seconds / 3600);
    }

    /// Times in seconds, sizes in bytes, parts from 0 to 1.
    public String json() {
        var all = rows.stream().map(Report::json).collect(Collectors.joining(",\n  "));
        return String.format(
                Locale.ROOT,
                "{\"simulated\": true, \"notebooks\": %d, \"days\": %s, \"nodes\": %d, \"cards_each\": %d, "
                        + "\"card_bytes\": %d, \"move_seconds\": %s, \"move_bytes_per_second\": %s, \"seed\": %d,%n"
                        + " \"policies\": [%n  %s%n]}",
                scenario.notebooks(),
                scenario.days(),
                scenario.nodes(),
                scenario.cardsEach(),
                scenario.cardBytes(),
                scenario.cost().seconds(),
                scenario.cost().bytesPerSecond(),
                scenario.seed(),
                all);
    }

    private static String json(Row row) {
        // Policies' names are ours, and have nothing in them that JSON would want escaped.
        return String.format(
                Locale.ROOT,
                "{\"policy\": \"%s\", \"cards\": %d, \"held_hours\": %.1f, \"busy\": %.4f, \"cells\": %d, "
                        + "\"delayed\": %.5f, \"p50\": %.3f, \"p95\": %.3f, \"p99\": %.3f, \"outs\": %d, \"ins\": %d, "
                        + "\"peak_host_bytes\": %d, \"peak_cards\": %d}",
                row.policy,
                row.cards,
                row.held,
                row.busy,
                row.cells,
                row.delayed,
                row.p50,
                row.p95,
                row.p99,
                row.outs,
                row.ins,
                row.peakHost,
                row.peakCards);
    }
}

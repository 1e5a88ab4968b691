package sluice.gateway.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows under headings, each column as wide as its widest cell.
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        rows.add(List.of(headings));
    }

    void row(String... cells) {
        rows.add(Arrays.stream(cells).map(Table::plain).toList());
    }

    /// @param nothing what to say when there are no rows
    void print(PrintWriter out, String nothing) {
        if (rows.size() == 1) {
            out.println(nothing);
            return;
        }
        for (var row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                line.append(row.get(column))
                        .append(" ".repeat(2 + width(column) - row.get(column).length()));
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    // What other people named must not move this person's cursor.
    private static String plain(String cell) {
        return cell.replaceAll("\\p{Cntrl}", "?");
    }
}

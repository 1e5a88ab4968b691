package sluice.metrics.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class CatalogueTest {
    private static final Path DOCS = Path.of("../docs/metrics.md");
    private static final String BEGIN = "<!-- families -->\n";
    private static final String END = "<!-- end of families -->\n";

    @Test
    void everyNameIsThereOnce() {
        assertThat(Catalogue.families()).extracting(Family::name).doesNotHaveDuplicates();
    }

    @Test
    void ourOwnNamesFollowPrometheusRules() {
        assertThat(Catalogue.families())
                .filteredOn(family -> family.name().startsWith("sluice_"))
                .allSatisfy(family -> {
                    var isTotal = family.name().endsWith("_total");
                    assertThat(isTotal).as(family.name()).isEqualTo(family.type() == Family.Type.COUNTER);
                    assertThat(family.name()).matches("[a-z0-9_]+");
                });
    }

    @Test
    void theDocumentHasTheTableOfThisCatalogue() throws IOException {
        var text = Files.readString(DOCS);
        var from = text.indexOf(BEGIN) + BEGIN.length();
        var to = text.indexOf(END);
        assertThat(to).as("the table's marks").isGreaterThanOrEqualTo(from);
        if (Boolean.getBoolean("sluice.write-docs")) {
            Files.writeString(DOCS, text.substring(0, from) + table() + text.substring(to));
            return;
        }
        assertThat(text.substring(from, to))
                .as(
                        "docs/metrics.md; write it anew: mvn -pl metrics test -Dtest=CatalogueTest -Dsluice.write-docs=true")
                .isEqualTo(table());
    }

    private static String table() {
        var table = new StringBuilder();
        section(table, "Cards", "besides " + names(Catalogue.CARD), Catalogue.CARD, Catalogue.CARDS);
        section(
                table,
                "Ascend's cards once more, by Huawei's names",
                "besides " + names(NpuSource.CHIP),
                NpuSource.CHIP,
                NpuSource.FAMILIES);
        section(table, "Nodes", "besides `Hostname`", Catalogue.NODE, Catalogue.NODES);
        section(table, "Sessions: what they use", "besides `Hostname`", Catalogue.NODE, Catalogue.SESSIONS);
        section(
                table,
                "Sessions: what they do",
                "besides " + names(PoolCatalogue.SESSION),
                PoolCatalogue.SESSION,
                PoolCatalogue.SESSIONS);
        section(table, "Queue and shares", "besides `account`", PoolCatalogue.ACCOUNT, PoolCatalogue.QUEUES);
        section(table, "Scheduler", "", List.of(), PoolCatalogue.SCHEDULER);
        section(table, "Suspending and restoring", "besides `Hostname`", PoolCatalogue.HOST, PoolCatalogue.SUSPENDING);
        section(table, "The page itself", "", List.of(), PrometheusPage.OWN);
        return table.toString();
    }

    private static void section(
            StringBuilder table, String title, String besides, List<String> shared, List<Family> families) {
        table.append("\n## ").append(title).append("\n\n");
        table.append("| name | type | means | unit | labels ")
                .append(besides)
                .append(besides.isEmpty() ? "" : " ")
                .append("|\n");
        table.append("| --- | --- | --- | --- | --- |\n");
        for (var family : families) {
            var labels = family.labels().subList(shared.size(), family.labels().size());
            table.append("| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                            family.name(),
                            family.type().name().toLowerCase(Locale.ROOT),
                            family.help(),
                            family.unit(),
                            names(labels)));
        }
        table.append('\n');
    }

    private static String names(List<String> labels) {
        return String.join(" ", labels.stream().map(label -> "`" + label + "`").toList());
    }
}

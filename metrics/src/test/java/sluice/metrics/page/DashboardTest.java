package sluice.metrics.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// The dashboard asks only for what the page has.
class DashboardTest {
    private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\{([^}]*)\\}");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)\\s*(=~|!=|!~|=)");
    private static final Pattern NAME = Pattern.compile("\\b((?:DCGM|sluice)_[a-zA-Z0-9_]+)");

    private final JsonNode dashboard = new ObjectMapper()
            .readTree(Path.of("../docs/grafana/sluice-gpus.json").toFile());

    private List<String> queries() {
        var queries = new ArrayList<String>();
        for (var panel : dashboard.get("panels")) {
            for (var target : panel.path("targets"))
                queries.add(target.get("expr").asString());
        }
        for (var variable : dashboard.get("templating").get("list")) {
            if (variable.get("type").asString().equals("query"))
                queries.add(variable.get("definition").asString());
        }
        return queries;
    }

    /// By the names that Prometheus has: a histogram is three.
    private static Map<String, List<String>> labels() {
        var labels = new HashMap<String, List<String>>();
        for (var family : Catalogue.families()) {
            var histogram = family.type() == Family.Type.HISTOGRAM;
            for (var part : histogram ? List.of("_bucket", "_sum", "_count") : List.of(""))
                labels.put(family.name() + part, family.labels());
        }
        return labels;
    }

    @Test
    void everyNameItAsksForIsInTheCatalogue() {
        var known = labels().keySet();
        assertThat(queries()).hasSizeGreaterThan(15).allSatisfy(query -> {
            var names =
                    NAME.matcher(query).results().map(match -> match.group(1)).toList();
            assertThat(names).as(query).isNotEmpty().allMatch(known::contains);
        });
    }

    @Test
    void everyLabelItFiltersByBelongsToItsFamily() {
        var labels = labels();
        for (var query : queries()) {
            SELECTOR.matcher(query)
                    .results()
                    .forEach(selector -> LABEL.matcher(selector.group(2))
                            .results()
                            .forEach(label -> assertThat(labels.getOrDefault(selector.group(1), List.of()))
                                    .as(query)
                                    .contains(label.group(1))));
        }
    }

    @Test
    void everyPanelUsesTheChosenSourceAndHasItsOwnNumber() {
        assertThat(dashboard.get("schemaVersion").asInt()).isGreaterThanOrEqualTo(39);
        assertThat(dashboard.get("templating").get("list").get(0).get("type").asString())
                .isEqualTo("datasource");
        var ids = new HashSet<Integer>();
        for (var panel : dashboard.get("panels")) {
            assertThat(ids.add(panel.get("id").asInt())).isTrue();
            assertThat(panel.get("title").asString()).isNotBlank();
            if (panel.get("type").asString().equals("row")) continue;
            assertThat(panel.get("datasource").get("uid").asString()).isEqualTo("${datasource}");
        }
    }
}

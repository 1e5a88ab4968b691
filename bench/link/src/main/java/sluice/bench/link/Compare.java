package sluice.bench.link;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The run: each round gives every carrier its turn, in two fresh programs, so that a slow minute of the machine hits
/// all of them and no carrier is compiled for another's traffic. Then medians, the table and the JSON.
final class Compare {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Compare() {}

    public static void main(String[] words) throws Exception {
        var arguments = Arguments.of(List.of(words));
        var load = new LinkedHashMap<String, Double>();
        load.put("before", Machine.load());
        var takes = new LinkedHashMap<String, List<Map<Figure, Double>>>();
        for (int round = 1; round <= arguments.rounds(); round++) {
            for (var carrier : arguments.carriers()) {
                System.err.printf("round %d of %d: %s%n", round, arguments.rounds(), carrier);
                takes.computeIfAbsent(carrier, first -> new ArrayList<>()).addAll(measure(carrier));
            }
        }
        load.put("after", Machine.load());
        Table.print(each(takes, Figure::median), each(takes, Figure::best));
        if (arguments.results() != null) save(arguments.results(), arguments.rounds(), load, takes);
    }

    private static List<? extends Map<Figure, Double>> measure(String carrier)
            throws IOException, InterruptedException {
        var gateway = Jvm.of(GatewaySide.class, carrier)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var out = gateway.inputReader(StandardCharsets.UTF_8)) {
            var line = out.readLine();
            if (gateway.waitFor() != 0 || line == null)
                throw new IllegalStateException(carrier + " could not be measured; its programs say why above");
            return JSON.readValue(line, new TypeReference<List<EnumMap<Figure, Double>>>() {});
        } finally {
            gateway.destroy();
        }
    }

    private static Map<String, Map<Figure, Double>> each(
            Map<String, List<Map<Figure, Double>>> takes, BiFunction<Figure, List<Double>, Double> pick) {
        var picked = new LinkedHashMap<String, Map<Figure, Double>>();
        takes.forEach((carrier, all) -> {
            var figures = new EnumMap<Figure, Double>(Figure.class);
            for (var figure : Figure.values())
                figures.put(
                        figure,
                        pick.apply(
                                figure,
                                all.stream().map(take -> take.get(figure)).toList()));
            picked.put(carrier, figures);
        });
        return picked;
    }

    private static void save(
            Path folder, int count, Map<String, Double> load, Map<String, List<Map<Figure, Double>>> takes)
            throws IOException {
        var units = new EnumMap<Figure, String>(Figure.class);
        for (var figure : Figure.values()) units.put(figure, figure.unit);
        var report = new LinkedHashMap<String, Object>();
        report.put("date", LocalDate.now().toString());
        report.put("machine", Machine.describe());
        report.put("load", load);
        report.put("versions", Machine.versions());
        report.put("window_bytes", Carrier.WINDOW);
        report.put("rounds", count);
        report.put("units", units);
        report.put("medians", each(takes, Figure::median));
        report.put("best", each(takes, Figure::best));
        report.put("takes", takes);
        var file = Files.createDirectories(folder).resolve("link-" + LocalDate.now() + ".json");
        Files.writeString(file, JSON.writeValueAsString(report) + "\n");
        System.err.println("written to " + file);
    }
}

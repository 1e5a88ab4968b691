package sluice.metrics.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PrometheusPageTest {
    private static final List<String> WHO = List.of("who");
    private static final Family GAUGE = Family.gauge("a_gauge", "Some \"help\" with a \\ and\na line", "apples", WHO);
    private static final Family COUNTER = Family.counter("A_COUNTER", "Counted", "", List.of());
    private static final Family HISTOGRAM = Family.histogram("a_seconds", "Time it took", "seconds", WHO);

    private record Given(String name, List<Family> families, Consumer<Scrape> what) implements Source {
        @Override
        public void collect(Scrape scrape) {
            what.accept(scrape);
        }
    }

    private static PrometheusPage page(Consumer<Scrape> what) {
        return new PrometheusPage(List.of(new Given("given", List.of(GAUGE, COUNTER, HISTOGRAM), what)));
    }

    private static Labels who(String name) {
        return Labels.of(WHO, name);
    }

    @Test
    void aCounterKeepsItsName() {
        var text = page(scrape -> scrape.add(COUNTER, Labels.NONE, 7)).text();
        assertThat(text)
                .startsWith("# HELP A_COUNTER Counted.\n# TYPE A_COUNTER counter\nA_COUNTER 7\n# HELP sluice_page");
    }

    @Test
    void whatIsNotGivenIsNotShown() {
        assertThat(PageParser.parse(page(_ -> {}).text()).names()).allMatch(name -> name.startsWith("sluice_page_"));
    }

    @Test
    void linesOfAFamilyStandTogetherHoweverTheyCome() {
        var parsed = PageParser.parse(page(scrape -> {
                    scrape.add(GAUGE, who("ada"), 1);
                    scrape.add(COUNTER, Labels.NONE, 2);
                    scrape.add(GAUGE, who("ben"), 3);
                })
                .text());
        assertThat(parsed.get("a_gauge").series())
                .extracting(PageParser.Series::value)
                .containsExactly(1.0, 3.0);
    }

    @Test
    void anyTextMayBeALabel() {
        var wild = "quote \" backslash \\ line\nend } , = ü 漢 \\n";
        var parsed =
                PageParser.parse(page(scrape -> scrape.add(GAUGE, who(wild), 1)).text());
        assertThat(parsed.get("a_gauge").series().getFirst().labels()).isEqualTo(Map.of("who", wild));
    }

    @Test
    void helpAndUnitStandOnOneLine() {
        assertThat(page(scrape -> scrape.add(GAUGE, who("x"), 1)).text())
                .contains("# HELP a_gauge Some \"help\" with a \\\\ and\\na line (in apples).\n");
    }

    @Test
    void numbersAreWrittenAsGoReadsThem() {
        var values = List.of(0.0, -0.0, 1.0, 1e15, 1e300, 0.25, -1.5e-9, Double.NaN, Double.POSITIVE_INFINITY);
        var text = page(scrape -> {
                    for (var value : values) scrape.add(GAUGE, who(value.toString()), value);
                })
                .text();
        assertThat(text.lines().filter(line -> line.startsWith("a_gauge{")))
                .extracting(line -> line.substring(line.lastIndexOf(' ') + 1))
                .containsExactly("0", "0", "1", "1000000000000000", "1.0E300", "0.25", "-1.5E-9", "NaN", "+Inf");
        PageParser.parse(text);
    }

    @Test
    void aHistogramAddsItsBucketsUp() {
        var text = page(scrape -> scrape.add(HISTOGRAM, who("x"), new double[] {0.1, 1}, new long[] {2, 3, 1}, 4.5))
                .text();
        assertThat(text).contains("""
                        a_seconds_bucket{who="x",le="0.1"} 2
                        a_seconds_bucket{who="x",le="1"} 5
                        a_seconds_bucket{who="x",le="+Inf"} 6
                        a_seconds_sum{who="x"} 4.5
                        a_seconds_count{who="x"} 6
                        """);
        assertThat(PageParser.parse(text).names()).contains("a_seconds");
    }

    @Test
    void theSameLabelsTwiceAreShownOnceAndSaid() {
        var page = page(scrape -> {
            scrape.add(GAUGE, who("ada"), 1);
            scrape.add(GAUGE, who("ada"), 2);
        });
        var parsed = PageParser.parse(page.text());
        assertThat(parsed.get("a_gauge").series())
                .extracting(PageParser.Series::value)
                .containsExactly(1.0);
        assertThat(parsed.get("sluice_page_series_dropped_total")
                        .series()
                        .getFirst()
                        .value())
                .isEqualTo(1);
    }

    @Test
    void aLabelThatNeverEndsIsCutOff() {
        var page = page(scrape -> {
            for (int i = 0; i < Scrape.MOST_SERIES + 10; i++) scrape.add(GAUGE, who("user" + i), i);
        });
        var parsed = PageParser.parse(page.text());
        assertThat(parsed.get("a_gauge").series()).hasSize(Scrape.MOST_SERIES);
        assertThat(parsed.get("sluice_page_series_dropped_total")
                        .series()
                        .getFirst()
                        .value())
                .isEqualTo(10);
    }

    @Test
    void aSourceThatFailsTakesNobodyWithIt() {
        var broken = new Given("broken", List.of(GAUGE), scrape -> {
            scrape.add(GAUGE, who("half"), 1);
            throw new IllegalStateException("no figures today");
        });
        var good = new Given("good", List.of(COUNTER), scrape -> scrape.add(COUNTER, Labels.NONE, 1));
        var parsed = PageParser.parse(new PrometheusPage(List.of(broken, good)).text());
        assertThat(parsed.names()).contains("A_COUNTER").doesNotContain("a_gauge");
        assertThat(parsed.get("sluice_page_source_failures_total").series())
                .extracting(series -> series.labels().get("source") + " " + series.value())
                .containsExactly("broken 1.0", "good 0.0");
    }

    @Test
    void aSourceIsHeldToWhatItDeclared() {
        var undeclared = Family.gauge("other", "Other", "", List.of());
        for (Consumer<Scrape> wrong : List.<Consumer<Scrape>>of(
                scrape -> scrape.add(undeclared, Labels.NONE, 1),
                scrape -> scrape.add(GAUGE, Labels.NONE, 1),
                scrape -> scrape.add(HISTOGRAM, who("x"), 1))) {
            assertThat(PageParser.parse(page(wrong).text())
                            .get("sluice_page_source_failures_total")
                            .series()
                            .getFirst()
                            .value())
                    .isEqualTo(1);
        }
    }

    @Test
    void namesMustBeDistinct() {
        var one = new Given("one", List.of(GAUGE), _ -> {});
        var two = new Given("two", List.of(GAUGE), _ -> {});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PrometheusPage(List.of(one, two)))
                .withMessageContaining("a_gauge");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PrometheusPage(List.of(one, new Given("one", List.of(COUNTER), _ -> {}))));
    }

    @Test
    void aFamilyIsWellNamed() {
        assertThatIllegalArgumentException().isThrownBy(() -> Family.gauge("1st", "x", "", List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> Family.gauge("x", " ", "", List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> Family.gauge("x", "x", "", List.of("le")));
        assertThatIllegalArgumentException().isThrownBy(() -> Family.gauge("x", "x", "", List.of("a", "a")));
    }
}

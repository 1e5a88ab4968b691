package sluice.metrics.page;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What Prometheus gets when it asks: text, format 0.0.4.
/// https://github.com/prometheus/docs/blob/main/docs/instrumenting/exposition_formats.md
///
/// Written here and not by `io.prometheus:prometheus-metrics`, because that one appends `_total` to the name of
/// every counter: `DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION` and eighteen others would lose the names that dashboards
/// know.
public final class PrometheusPage {
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final Logger LOG = LoggerFactory.getLogger(PrometheusPage.class);
    private static final List<String> BY_SOURCE = List.of("source");
    static final Family SERIES = Family.gauge("sluice_page_series", "Series on this page", "", List.of());
    static final Family DROPPED = Family.counter(
            "sluice_page_series_dropped_total",
            "Series left out because they came twice or were too many",
            "",
            BY_SOURCE);
    static final Family FAILURES = Family.counter(
            "sluice_page_source_failures_total", "Scrapes that had to do without a source", "", BY_SOURCE);

    /// The page's own figures.
    public static final List<Family> OWN = List.of(SERIES, DROPPED, FAILURES);

    private final List<Source> sources;
    private final List<Family> families;
    private final Map<String, AtomicLong> failures = new HashMap<>();
    private final Map<String, AtomicLong> dropped = new HashMap<>();

    /// @throws IllegalArgumentException two sources have the same name, or give the same name to a family
    public PrometheusPage(List<Source> sources) {
        this.sources = List.copyOf(sources);
        var byName = new LinkedHashMap<String, Family>();
        Stream.concat(sources.stream().flatMap(source -> source.families().stream()), OWN.stream())
                .forEach(family -> {
                    if (byName.putIfAbsent(family.name(), family) != null) {
                        throw new IllegalArgumentException("Two sources have a family " + family.name());
                    }
                });
        this.families = List.copyOf(byName.values());
        for (var source : sources) {
            if (failures.put(source.name(), new AtomicLong()) != null) {
                throw new IllegalArgumentException("Two sources are called " + source.name());
            }
            dropped.put(source.name(), new AtomicLong());
        }
    }

    /// Everything that may stand on it.
    public List<Family> families() {
        return families;
    }

    /// The page as it is now. May be called by many at a time.
    public String text() {
        var page = new StringBuilder(1 << 16);
        var series = 0;
        for (var source : sources) {
            var scrape = new Scrape(source.families());
            if (!collected(source, scrape)) continue;
            for (var family : source.families()) append(page, family, scrape.lines(family));
            series += scrape.series();
            counter(dropped, source).addAndGet(scrape.dropped());
        }
        var own = new Scrape(OWN);
        for (var source : sources) {
            var labels = Labels.of(BY_SOURCE, source.name());
            own.add(DROPPED, labels, counter(dropped, source).get());
            own.add(FAILURES, labels, counter(failures, source).get());
        }
        own.add(SERIES, Labels.NONE, series + own.series() + 1);
        for (var family : OWN) append(page, family, own.lines(family));
        return page.toString();
    }

    /// One source in trouble must not blank the page for all others.
    private boolean collected(Source source, Scrape scrape) {
        try {
            source.collect(scrape);
            return true;
        } catch (RuntimeException e) {
            var first = counter(failures, source).getAndIncrement() == 0;
            if (first) LOG.error("The metrics of {} are missing on the page", source.name(), e);
            return false;
        }
    }

    private static AtomicLong counter(Map<String, AtomicLong> counters, Source source) {
        return Objects.requireNonNull(counters.get(source.name()));
    }

    private static void append(StringBuilder page, Family family, CharSequence lines) {
        if (lines.isEmpty()) return;
        var help = family.helpWithUnit().replace("\\", "\\\\").replace("\n", "\\n");
        var type = family.type().name().toLowerCase(Locale.ROOT);
        page.append("# HELP ").append(family.name()).append(' ').append(help).append('\n');
        page.append("# TYPE ").append(family.name()).append(' ').append(type).append('\n');
        page.append(lines);
    }
}

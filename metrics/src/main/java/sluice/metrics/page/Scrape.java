package sluice.metrics.page;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Takes one source's figures in any order, and keeps each family's lines together, as the format wants them.
public final class Scrape {
    /// No family needs as many. A label that should not have become one must not bring Prometheus down.
    static final int MOST_SERIES = 5000;

    private final Map<Family, Lines> families = new HashMap<>();
    private int series;
    private int dropped;

    Scrape(List<Family> declared) {
        for (var family : declared) families.put(family, new Lines());
    }

    private static final class Lines {
        private final StringBuilder text = new StringBuilder();
        private final Set<String> seen = new HashSet<>();
    }

    /// One value. The first of two with the same labels stands: Prometheus would refuse the page for the second.
    ///
    /// @throws IllegalArgumentException the family was not declared, is a histogram, or has other labels
    public void add(Family family, Labels labels, double value) {
        if (family.type() == Family.Type.HISTOGRAM)
            throw new IllegalArgumentException(family.name() + " needs buckets");
        var lines = open(family, labels);
        if (lines != null) line(lines.text, family.name(), "", labels.text(), "", value);
    }

    /// One histogram.
    ///
    /// @param bounds the buckets' upper ends, rising, without the infinite one
    /// @param counts how many observations fell into each bucket alone; one more than bounds, the last without
    ///     an end
    /// @param sum of all that was observed
    public void add(Family family, Labels labels, double[] bounds, long[] counts, double sum) {
        if (family.type() != Family.Type.HISTOGRAM)
            throw new IllegalArgumentException(family.name() + " has no buckets");
        if (counts.length != bounds.length + 1) throw new IllegalArgumentException(family.name() + ": buckets");
        var lines = open(family, labels);
        if (lines == null) return;
        long all = 0;
        for (int i = 0; i < counts.length; i++) {
            all += counts[i];
            var end = i < bounds.length ? number(bounds[i]) : "+Inf";
            line(lines.text, family.name(), "_bucket", labels.text(), "le=\"" + end + "\"", all);
        }
        line(lines.text, family.name(), "_sum", labels.text(), "", sum);
        line(lines.text, family.name(), "_count", labels.text(), "", all);
    }

    private @Nullable Lines open(Family family, Labels labels) {
        var lines = families.get(family);
        if (lines == null) throw new IllegalArgumentException(family.name() + " was not declared by this source");
        if (!labels.names().equals(family.labels())) {
            throw new IllegalArgumentException(
                    "%s has the labels %s, not %s".formatted(family.name(), family.labels(), labels.names()));
        }
        if (lines.seen.size() >= MOST_SERIES || !lines.seen.add(labels.text())) {
            dropped++;
            return null;
        }
        series++;
        return lines;
    }

    private static void line(
            StringBuilder text, String name, String suffix, String labels, String bucket, double value) {
        text.append(name).append(suffix);
        if (!labels.isEmpty() || !bucket.isEmpty()) {
            text.append('{').append(labels);
            if (!labels.isEmpty() && !bucket.isEmpty()) text.append(',');
            text.append(bucket).append('}');
        }
        text.append(' ').append(number(value)).append('\n');
    }

    /// As Go reads it. Whole numbers without a fraction, which is shorter and easier on the eye.
    private static String number(double value) {
        if (value == Math.rint(value) && Math.abs(value) < 1L << 53) return Long.toString((long) value);
        if (Double.isInfinite(value)) return value > 0 ? "+Inf" : "-Inf";
        return Double.toString(value); // NaN is written NaN
    }

    int series() {
        return series;
    }

    int dropped() {
        return dropped;
    }

    /// The lines of a family, "" where there are none.
    CharSequence lines(Family family) {
        var lines = families.get(family);
        return lines == null ? "" : lines.text;
    }
}

package sluice.metrics.gpu;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;

/// What a driver said about a card at one moment. A value it does not know is absent; it is never given as 0.
///
/// One array of numbers: a second's worth of sixteen cards costs little, and the garbage collector one object each.
@SuppressWarnings("EnumOrdinal") // the readings are the array's index
public final class Readings {
    public static final Readings NONE = new Builder().build();

    private final double[] values; // NaN is absent

    private Readings(double[] values) {
        this.values = values;
    }

    public static Readings of(Map<Reading, Double> values) {
        var builder = new Builder();
        values.forEach(builder::put);
        return builder.build();
    }

    public OptionalDouble get(Reading reading) {
        var value = values[reading.ordinal()];
        return Double.isNaN(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    public double getOr(Reading reading, double otherwise) {
        var value = values[reading.ordinal()];
        return Double.isNaN(value) ? otherwise : value;
    }

    public boolean has(Reading reading) {
        return !Double.isNaN(values[reading.ordinal()]);
    }

    /// Those that are known, for the wire and for tests.
    public Map<Reading, Double> known() {
        var known = new EnumMap<Reading, Double>(Reading.class);
        for (var reading : Reading.values()) if (has(reading)) known.put(reading, values[reading.ordinal()]);
        return known;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Readings that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return known().toString();
    }

    /// Filled by one thread, then built.
    public static final class Builder {
        private final double[] values = new double[Reading.values().length];

        public Builder() {
            Arrays.fill(values, Double.NaN);
        }

        public Builder put(Reading reading, double value) {
            values[reading.ordinal()] = value;
            return this;
        }

        /// Whole numbers are exact up to 2^53: nanoseconds of a hundred days, bytes of any card.
        public Builder put(Reading reading, long value) {
            return put(reading, (double) value);
        }

        public Builder put(GpuMemory memory) {
            return put(Reading.MEMORY_TOTAL, memory.total())
                    .put(Reading.MEMORY_USED, memory.used())
                    .put(Reading.MEMORY_FREE, memory.free());
        }

        public Builder put(Reading reading, OptionalDouble value) {
            return value.isPresent() ? put(reading, value.getAsDouble()) : this;
        }

        public Readings build() {
            return new Readings(values.clone());
        }
    }
}

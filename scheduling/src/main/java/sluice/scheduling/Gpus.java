package sluice.scheduling;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What one rank wants of cards: none, some whole ones, or a part of one. Shares are counted in thousandths of
/// a card.
public sealed interface Gpus {
    /// More than any machine has; what exceeds it is a slip of the keyboard.
    int MOST = 4096;

    /// An H100 has seven compute slices, and an instance gets a number of these (NVIDIA, MIG user guide).
    int SEVENTHS = 7;

    record None() implements Gpus {}

    record Whole(int count) implements Gpus {
        public Whole {
            if (count < 1 || count > MOST)
                throw new IllegalArgumentException(
                        "A number of whole GPUs lies in 1 to %d, not at %d".formatted(MOST, count));
        }
    }

    /// @param milli thousandths of a card, of its time and of its memory alike
    record Fraction(int milli) implements Gpus {
        public Fraction {
            if (milli < 1 || milli > 999)
                throw new IllegalArgumentException(
                        "A part of a GPU lies between 0.001 and 0.999, not at " + milli / 1000.0);
        }
    }

    /// So much memory on one card, and as much of its time as that is of the card's memory.
    record Memory(long bytes) implements Gpus {
        public Memory {
            if (bytes < 1 || bytes > Amounts.MOST_BYTES)
                throw new IllegalArgumentException(
                        "GPU memory is a number of bytes above 0 and up to 1 PiB, not " + bytes);
        }
    }

    /// A MIG instance.
    record Instance(int sevenths, long bytes) implements Gpus {
        private static final Pattern PROFILE = Pattern.compile("([1-7])g\\.([0-9]{1,4})gb");

        public Instance {
            if (sevenths < 1 || sevenths > SEVENTHS)
                throw new IllegalArgumentException("A MIG instance has 1 to 7 compute slices, not " + sevenths);
            if (bytes < 1 || bytes > Amounts.MOST_BYTES)
                throw new IllegalArgumentException("A MIG instance has some memory, not %d bytes".formatted(bytes));
        }

        /// @param profile such as `1g.10gb`
        static Instance of(String profile) {
            var match = PROFILE.matcher(profile);
            if (!match.matches())
                throw new IllegalArgumentException("A MIG profile looks like 1g.10gb, not \"%s\"".formatted(profile));
            return new Instance(Integer.parseInt(match.group(1)), Long.parseLong(match.group(2)) << 30);
        }
    }

    /// What a request's fields say together, at most one of them given.
    /// @param gpus 0, a whole number, or a part of one card such as 0.25
    /// @param bytes on one card
    /// @param mig a profile such as `1g.10gb`
    static Gpus asked(@Nullable Double gpus, @Nullable Long bytes, @Nullable String mig) {
        int given = (gpus == null ? 0 : 1) + (bytes == null ? 0 : 1) + (mig == null ? 0 : 1);
        if (given > 1)
            throw new IllegalArgumentException(
                    "Ask for a number of GPUs, for memory on one, or for a MIG profile: only one of them");
        if (bytes != null) return new Memory(bytes);
        if (mig != null) return Instance.of(mig);
        if (gpus == null || gpus == 0) return new None();
        // Comparisons with NaN are false, so it is refused here with the rest.
        if (!(gpus > 0 && gpus <= MOST))
            throw new IllegalArgumentException("A number of GPUs lies in 0 to %d, not at %s".formatted(MOST, gpus));
        if (gpus == Math.rint(gpus)) return new Whole(gpus.intValue());
        if (gpus > 1)
            throw new IllegalArgumentException(
                    "%s GPUs: ask for whole cards or for a part of one, not for both".formatted(gpus));
        return new Fraction((int) Math.clamp(Math.round(gpus * 1000), 1, 999));
    }

    /// How many cards it touches.
    default int cards() {
        return switch (this) {
            case None() -> 0;
            case Whole(int count) -> count;
            case Fraction _, Memory _, Instance _ -> 1;
        };
    }

    /// The thousandths that it takes of each card with so much memory.
    default int milliOf(long cardBytes) {
        return switch (this) {
            case None() -> 0;
            case Whole _ -> 1000;
            case Fraction(int milli) -> milli;
            // Beyond the card's memory it fits nowhere; 1001 says so without overflowing.
            case Memory(long bytes) -> bytes > cardBytes ? 1001 : (int) Math.ceil(bytes * 1000.0 / cardBytes);
            // Seven of them must fit a card: 7 × 142 = 994.
            case Instance(int sevenths, var _) -> sevenths * (1000 / SEVENTHS);
        };
    }

    /// The bytes that it takes of each card with so much memory.
    default long bytesOf(long cardBytes) {
        return switch (this) {
            case None() -> 0;
            case Whole _ -> cardBytes;
            case Fraction(int milli) -> cardBytes / 1000 * milli;
            case Memory(long bytes) -> bytes;
            case Instance(var _, long bytes) -> bytes;
        };
    }
}

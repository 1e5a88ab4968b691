package sluice.scheduling.queue;

import java.util.Optional;
import java.util.function.IntFunction;

/// The fewest who have to go for something to fit. The more go, the more fits, so their number is halved.
/// @param count so many of them, from the first on
/// @param found where it fits then
record Fewest<T>(int count, T found) {
    /// @param all how many there are
    /// @param without what is found once so many are gone
    static <T> Optional<Fewest<T>> of(int all, IntFunction<Optional<T>> without) {
        var last = without.apply(all);
        if (last.isEmpty()) return Optional.empty();
        var found = last.get();
        int least = 0;
        int most = all;
        while (least < most) {
            int middle = (least + most) / 2;
            var fits = without.apply(middle);
            if (fits.isPresent()) {
                found = fits.get();
                most = middle;
            } else {
                least = middle + 1;
            }
        }
        return Optional.of(new Fewest<>(most, found));
    }
}

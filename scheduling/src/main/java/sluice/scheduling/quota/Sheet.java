package sluice.scheduling.quota;

import java.time.YearMonth;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Amounts;
import sluice.scheduling.Limits;

/// One account's page in the books.
final class Sheet {
    final String account;
    Limits limits = Limits.UNLIMITED;
    Amounts used = Amounts.ZERO;

    /// Filled for people only: to name one of their own when something has to be stopped.
    final Map<String, Amounts> own = new LinkedHashMap<>();

    private double spent;
    private @Nullable YearMonth month;

    Sheet(String account) {
        this.account = account;
    }

    void spend(double gpuHours, YearMonth in) {
        if (!in.equals(month)) {
            // What is told late belongs to a month that nobody limits any more.
            if (month != null && in.isBefore(month)) return;
            month = in;
            spent = 0;
        }
        spent += gpuHours;
    }

    double spent(YearMonth in) {
        return in.equals(month) ? spent : 0;
    }

    Optional<Limited> exceededBy(Amounts more, YearMonth in) {
        if (more.milliGpus() > 0 && spent(in) >= limits.gpuHours()) return Optional.of(Limited.GPU_HOURS);
        for (var limited : Limited.HELD) {
            long asked = limited.of(more);
            // Whoever asks for none of it is not hindered where a limit was lowered below what is used.
            if (asked > 0 && limited.of(used) + asked > limited.of(limits.most())) return Optional.of(limited);
        }
        return Optional.empty();
    }

    Optional<Limited> neverFits(Amounts asked) {
        for (var limited : Limited.HELD) {
            if (limited.of(asked) > limited.of(limits.most())) return Optional.of(limited);
        }
        return Optional.empty();
    }
}

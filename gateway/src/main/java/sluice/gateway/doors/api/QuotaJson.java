package sluice.gateway.doors.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.gateway.doors.http.Fields;
import sluice.gateway.ledger.Allowance;
import sluice.gateway.ledger.Quota;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Words;

/// A quota in the units that people count in. What nothing limits is null.
/// @param account `` is the pool, `vision` a team, `vision/ada` a person in that team
/// @param gpuHours in a calendar month (UTC)
record QuotaJson(
        String account,
        @Nullable Number gpus,
        @Nullable Long gpuMemoryBytes,
        @Nullable Number cpus,
        @Nullable Long memoryBytes,
        @Nullable Long diskBytes,
        @Nullable Long sessions,
        @Nullable Number gpuHours,
        Number deservedGpus,
        Number weight,
        long version,
        @Nullable Instant changedAt,
        @Nullable String changedBy) {
    private static final List<String> SAID = List.of(
            "gpus",
            "gpuMemoryBytes",
            "cpus",
            "memoryBytes",
            "diskBytes",
            "sessions",
            "gpuHours",
            "deservedGpus",
            "weight");
    /// What a quota that was read has besides, and which may come back with it.
    private static final List<String> IGNORED = List.of("account", "version", "changedAt", "changedBy");

    static QuotaJson of(Quota quota) {
        var allowance = quota.allowance();
        return new QuotaJson(
                quota.account().id(),
                thousandths(allowance.milliGpus()),
                allowance.gpuBytes(),
                thousandths(allowance.milliCpus()),
                allowance.memory(),
                allowance.disk(),
                allowance.sessions(),
                allowance.gpuHours() == null ? null : plain(allowance.gpuHours()),
                plain(allowance.deserved() / 1000.0),
                plain(allowance.weight()),
                quota.version(),
                quota.changedAt(),
                quota.changedBy());
    }

    /// Reads all of what a quota shall be: what is not said is not limited.
    /// @throws Refused naming the field that is not what it should be
    static Allowance read(Map<String, ?> json) {
        for (var field : json.keySet())
            if (!SAID.contains(field) && !IGNORED.contains(field))
                throw Refused.badRequest(
                        "A quota has no field %s; it has %s".formatted(Words.quoted(field), String.join(", ", SAID)));
        var deserved = milli(json, "deservedGpus");
        var weight = Fields.decimal(json, "weight");
        return new Allowance(
                milli(json, "gpus"),
                whole(json, "gpuMemoryBytes"),
                milli(json, "cpus"),
                whole(json, "memoryBytes"),
                whole(json, "diskBytes"),
                whole(json, "sessions"),
                Fields.decimal(json, "gpuHours"),
                deserved == null ? 0 : deserved,
                weight == null ? 1 : weight);
    }

    private static @Nullable Long milli(Map<String, ?> json, String field) {
        var value = Fields.decimal(json, field);
        if (value == null) return null;
        var milli = Math.round(value * 1000); // one that is too large stays too large
        if (Math.abs(value) < Allowance.MOST_CPUS && Math.abs(value * 1000 - milli) > 1e-4)
            throw Refused.badRequest(field + " is counted in thousandths: no more than three digits after the point");
        return milli;
    }

    /// Exact up to [Allowance#MOST_BYTES], and still too large beyond it.
    private static @Nullable Long whole(Map<String, ?> json, String field) {
        var value = Fields.decimal(json, field);
        if (value == null) return null;
        if (value != Math.rint(value)) throw Refused.badRequest(field + " must be a whole number");
        return (long) (double) value;
    }

    private static @Nullable Number thousandths(@Nullable Long milli) {
        return milli == null ? null : plain(milli / 1000.0);
    }

    /// 4 rather than 4.0.
    private static Number plain(double value) {
        return value == Math.rint(value) ? (Number) (long) value : (Number) value;
    }
}

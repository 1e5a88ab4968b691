package sluice.gateway.doors.api;

import java.util.Map;
import java.util.function.BooleanSupplier;
import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.fleet.Nodes;

/// `/health`: for probes and supervisors, so it needs no token and tells no more than they need.
public final class HealthRoutes {
    private final BooleanSupplier database;
    private final Nodes nodes;

    /// @param database whether it answers now
    public HealthRoutes(BooleanSupplier database, Nodes nodes) {
        this.database = database;
        this.nodes = nodes;
    }

    /// The program runs.
    public Answer live(Asked asked) {
        return Answer.json(Map.of("status", "live"));
    }

    /// It can do its work; 503 while it cannot, with what is missing.
    public Answer ready(Asked asked) {
        var hasDatabase = database.getAsBoolean();
        var hasNode = nodes.connected();
        var all = hasDatabase && hasNode;
        return Answer.json(
                all ? 200 : 503, new Readiness(all ? "ready" : "degraded", word(hasDatabase), word(hasNode)));
    }

    record Readiness(String status, String database, String node) {}

    private static String word(boolean here) {
        return here ? "ok" : "away";
    }
}

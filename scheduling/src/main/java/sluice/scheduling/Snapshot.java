package sluice.scheduling;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything that one cycle decides upon. The order within the lists does not matter to the decisions.
/// @param accounts those that differ from [Account#of]; whoever is not named is not limited and weighs 1
public record Snapshot(List<Node> nodes, List<Lease> leases, List<Waiting> waiting, List<Account> accounts) {
    public Snapshot {
        nodes = List.copyOf(nodes);
        leases = List.copyOf(leases);
        waiting = List.copyOf(waiting);
        accounts = List.copyOf(accounts);
    }

    /// A demand in the queue, with what the last cycle said of it ([Decision.Wait] carries that on).
    /// @param home where the state of a parked session lies in host memory: it comes back there or nowhere, and
    /// only its cards are placed, for it still has the rest; null for whatever was not parked
    /// @param pressing somebody sits in front of it and wants to go on: it comes before all others
    /// @param queued since when it waits
    /// @param bypassed in how many cycles somebody behind it was let through while it could not be placed
    /// @param blocked since when it could have been placed if only there were room; null if that was never the
    /// case
    public record Waiting(
            Demand demand,
            @Nullable String home,
            boolean pressing,
            Instant queued,
            int bypassed,
            @Nullable Instant blocked) {
        public static Waiting fresh(Demand demand) {
            return new Waiting(demand, null, false, demand.submitted(), 0, null);
        }

        /// A session that was parked and wants to go on.
        /// @param pressing it was parked while it was idle, and now there is a cell to run; false for one that
        /// was suspended in the middle of its work: that one waits behind those for whom it was suspended
        public static Waiting parked(Lease lease, boolean pressing, Instant now) {
            var home = lease.placement().parts().getFirst().node();
            return new Waiting(lease.demand(), home, pressing, now, 0, null);
        }

        /// Its state lies somewhere, and it can go on there only.
        public boolean resumes() {
            return home != null;
        }

        /// What has to be found for it.
        public Demand.Shape shape() {
            var needs = resumes() ? demand.needs().withHost(0, 0, 0) : demand.needs();
            return new Demand.Shape(needs, demand.ranks());
        }

        /// It keeps its place in the next cycle.
        public Waiting after(Decision.Wait wait) {
            return new Waiting(demand, home, pressing, queued, wait.bypassed(), wait.blocked());
        }
    }
}

package sluice.scheduling.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import sluice.scheduling.Amounts;
import sluice.scheduling.Decision;
import sluice.scheduling.Demand.Shape;
import sluice.scheduling.Lease;
import sluice.scheduling.Node;
import sluice.scheduling.Owner;
import sluice.scheduling.Snapshot;
import sluice.scheduling.Snapshot.Waiting;
import sluice.scheduling.place.Reach;
import sluice.scheduling.quota.Books;
import sluice.scheduling.quota.Refusal;

/// Sifts out what cannot start however long it waits, so that it does not count in what its team asks for.
final class Possible {
    private final Snapshot snapshot;
    private final CardSizes sizes;
    private final Books books;
    private final Reach reach;
    private final Set<String> nodes;
    private final Map<Shape, Optional<String>> shapes = new HashMap<>();
    private final Map<Holding, Optional<String>> limits = new HashMap<>();

    private record Holding(Owner owner, Amounts amounts) {}

    Possible(Snapshot snapshot, CardSizes sizes, Books books) {
        this.snapshot = snapshot;
        this.sizes = sizes;
        this.books = books;
        reach = new Reach(snapshot.nodes());
        nodes = snapshot.nodes().stream().map(Node::name).collect(Collectors.toSet());
    }

    /// @param decisions gets a "never" for each that is sifted out. Who stands in the list twice or has what
    /// they ask for is passed over in silence
    List<Waiting> sift(List<Decision> decisions) {
        var parked = snapshot.leases().stream()
                .filter(lease -> lease.placement().cards() == 0)
                .map(Lease::id)
                .collect(Collectors.toSet());
        var possible = new ArrayList<Waiting>(snapshot.waiting().size());
        var seen = new HashSet<String>();
        for (var each : snapshot.waiting()) {
            var id = each.demand().id();
            boolean has = books.holds(id) && !(each.resumes() && parked.contains(id));
            if (!seen.add(id) || has) continue;
            var never = never(each);
            var forbidden = never.isPresent() ? Optional.<String>empty() : forbidden(each);
            if (never.isPresent()) decisions.add(new Decision.Never(id, false, never.get()));
            else if (forbidden.isPresent()) decisions.add(new Decision.Never(id, true, forbidden.get()));
            else possible.add(each);
        }
        return possible;
    }

    private Optional<String> never(Waiting each) {
        var home = each.home();
        if (home != null && !nodes.contains(home))
            return Optional.of("its state lay in the memory of node %s, which is gone".formatted(home));
        return shapes.computeIfAbsent(each.shape(), reach::never);
    }

    private Optional<String> forbidden(Waiting each) {
        var holding = new Holding(each.demand().owner(), sizes.atLeast(each));
        return limits.computeIfAbsent(
                holding, _ -> books.never(holding.owner, holding.amounts).map(Refusal::reason));
    }
}

package sluice.scheduling.queue;

import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Gpus;
import sluice.scheduling.Lease;
import sluice.scheduling.Needs;
import sluice.scheduling.Node;

/// When somebody who waits will probably start: when as much has been given back as they and those before them
/// want. It looks at the ends that are known; what has none, or should have ended by now, is not counted upon.
final class Outlook {
    private final List<Lease> leases;
    private final Instant now;
    private final Map<String, String> models = new HashMap<>();
    private final Map<String, Returns> returns = new HashMap<>();

    /// @param returned thousandths given back until then, added up
    private record Returns(Instant[] ends, long[] returned) {}

    Outlook(List<Node> nodes, List<Lease> leases, Instant now) {
        this.leases = leases;
        this.now = now;
        for (var node : nodes) for (var card : node.cards()) models.put(card.id(), card.model());
    }

    /// Those with the same word stand in one queue.
    static String queue(Needs needs) {
        var model = needs.model();
        if (needs.gpus() instanceof Gpus.None) return "-";
        return model == null ? "" : model;
    }

    /// @param milli thousandths of cards wanted by those before and by the one who asks
    @Nullable
    Instant when(Needs needs, long milli) {
        if (needs.gpus() instanceof Gpus.None) return null;
        var known = returns.computeIfAbsent(queue(needs), this::returns);
        int at = Arrays.binarySearch(known.returned, milli);
        if (at < 0) at = -at - 1;
        // Of equal sums the first is meant.
        while (at > 0 && known.returned[at - 1] >= milli) at--;
        return at < known.ends.length ? known.ends[at] : null;
    }

    private record Return(Instant end, long milli) {}

    private Returns returns(String queue) {
        var sorted = leases.stream()
                .flatMap(lease -> {
                    var end = lease.state() == Lease.State.LEAVING ? now : lease.ends();
                    if (end == null || end.isBefore(now)) return Stream.<Return>empty();
                    return lease.placement().parts().stream()
                            .flatMap(part -> part.shares().stream())
                            .filter(share -> queue.isEmpty() || queue.equals(models.get(share.card())))
                            .map(share -> new Return(end, share.milli()));
                })
                .sorted(Comparator.comparing(Return::end))
                .toList();
        var ends = new Instant[sorted.size()];
        var sums = new long[sorted.size()];
        long sum = 0;
        for (int i = 0; i < ends.length; i++) {
            ends[i] = sorted.get(i).end;
            sums[i] = sum += sorted.get(i).milli;
        }
        return new Returns(ends, sums);
    }
}

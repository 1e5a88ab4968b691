package sluice.gateway.queue;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import sluice.gateway.people.Teams;
import sluice.kernels.link.Orders.Grant;
import sluice.kernels.link.Orders.KernelModel;
import sluice.scheduling.Demand;
import sluice.scheduling.Demand.Kind;
import sluice.scheduling.Gpus;
import sluice.scheduling.Mode;
import sluice.scheduling.Needs;
import sluice.scheduling.Owner;
import sluice.scheduling.Placement;
import sluice.scheduling.Terms;

/// A kernel as the node knows it, for the books.
/// @param user who started it
public record Running(String session, String user, String spec, Grant grant, long busyMillis) {
    private static final Grant NOTHING = new Grant(Teams.DEFAULT, "", List.of(), 0, 0);

    public static Running of(KernelModel kernel) {
        return new Running(
                kernel.id(),
                kernel.owner(),
                kernel.name(),
                Objects.requireNonNullElse(kernel.grant(), NOTHING),
                kernel.busyMillis());
    }

    public String flavour() {
        return grant.flavour();
    }

    /// What must have been asked for it.
    public Demand demand(Instant now) {
        var needs = new Needs(gpus(), null, Mode.SWAP, milliCpus(), grant.memoryBytes(), 0);
        var owner = new Owner(grant.team(), user);
        return new Demand(session, owner, Kind.KERNEL, needs, 1, Terms.NOTEBOOK.unsuspendable(), now);
    }

    private int milliCpus() {
        return (int) Math.round(grant.cpus() * 1000);
    }

    private Gpus gpus() {
        if (grant.cards().isEmpty()) return new Gpus.None();
        int milli = grant.cards().getFirst().milli();
        return milli == 1000 ? new Gpus.Whole(grant.cards().size()) : new Gpus.Fraction(milli);
    }

    Placement placement(String node) {
        var shares = grant.cards().stream()
                .map(card -> new Placement.Share(card.uuid(), card.milli(), card.bytes()))
                .toList();
        var part = new Placement.Part(node, shares, milliCpus(), grant.memoryBytes(), 0);
        return new Placement(Mode.SWAP, List.of(part));
    }
}

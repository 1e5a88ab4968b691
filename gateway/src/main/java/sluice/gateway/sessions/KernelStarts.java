package sluice.gateway.sessions;

import java.time.Clock;
import sluice.gateway.fleet.Nodes;
import sluice.gateway.ledger.Payer;
import sluice.gateway.people.Refused;
import sluice.gateway.queue.Dispatcher;
import sluice.gateway.queue.Dispatcher.Answer;
import sluice.gateway.queue.Running;
import sluice.kernels.link.LinkJson;
import sluice.kernels.link.NodeProblem;
import sluice.kernels.link.Orders.KernelModel;
import sluice.kernels.link.Orders.StartKernel;
import sluice.scheduling.Demand;
import sluice.scheduling.Demand.Kind;
import sluice.scheduling.Needs;
import sluice.scheduling.Terms;

/// Starts kernels: at once where the dispatcher gives them what they need, and otherwise when their turn comes.
public final class KernelStarts {
    private final Nodes nodes;
    private final Dispatcher dispatcher;
    private final Launches launches;
    private final WaitingKernels waiting;
    private final Flavours flavours;
    private final KernelNeeds needs;
    private final Payer payer;
    private final Clock clock;

    public KernelStarts(
            Nodes nodes,
            Dispatcher dispatcher,
            Launches launches,
            WaitingKernels waiting,
            Flavours flavours,
            KernelNeeds needs,
            Payer payer,
            Clock clock) {
        this.nodes = nodes;
        this.dispatcher = dispatcher;
        this.launches = launches;
        this.waiting = waiting;
        this.flavours = flavours;
        this.needs = needs;
        this.payer = payer;
        this.clock = clock;
    }

    /// Starts a kernel or has it wait.
    /// @param asked with the name as the client sent it
    /// @throws Refused by a quota, or for what this pool could never give
    KernelModel start(StartKernel asked) throws InterruptedException {
        var choice = flavours.chosen(asked.name());
        var wanted = needs.of(choice.flavour(), asked.env());
        var order = new StartKernel(asked.id(), asked.owner(), choice.spec(), asked.env(), asked.path(), null);
        // Who has to wait an hour should not hear only then that there is no such kernel.
        if (wanted.gpus().cards() > 0) check(choice.spec());
        var answer = dispatcher.ask(
                demand(asked, wanted),
                choice.spec(),
                choice.flavour().name(),
                LinkJson.MAPPER.writeValueAsString(order));
        return switch (answer) {
            case Answer.Granted(var row, var placement) -> named(launches.begin(row, placement, order));
            case Answer.Queued(var pending) -> waiting.add(pending, order).model();
        };
    }

    private void check(String spec) throws InterruptedException {
        var specs = nodes.specs();
        if (specs.kernelspecs().stream().anyMatch(each -> each.name().equalsIgnoreCase(spec))) return;
        var broken = specs.broken().get(spec);
        throw broken == null
                ? new NodeProblem("unknown-spec", "Kernel spec %s not found".formatted(spec))
                : new NodeProblem("bad-spec", "Kernel spec \"%s\" is broken: %s".formatted(spec, broken));
    }

    private Demand demand(StartKernel asked, Needs wanted) {
        var owner = payer.of(asked.owner(), asked.env().get("KERNEL_TEAM"));
        return new Demand(asked.id(), owner, Kind.KERNEL, wanted, 1, Terms.NOTEBOOK.unsuspendable(), clock.instant());
    }

    /// A kernel that is dead for good has given back what it held: it needs it again.
    /// @throws Refused when others have it now
    void renew(KernelModel kernel) throws InterruptedException {
        if (dispatcher.holds(kernel.id())) return;
        var running = Running.of(kernel);
        var spec = flavours.chosen(kernel.name()).spec();
        var answer = dispatcher.ask(running.demand(clock.instant()), spec, running.flavour(), null);
        // The node starts it again on the cards that it had.
        if (answer instanceof Answer.Granted(var row, var placement)
                && Launches.grant(row, placement).cards().equals(running.grant().cards())) {
            dispatcher.started(kernel.id());
            return;
        }
        dispatcher.release(kernel.id(), "its cards are others' by now", -1);
        throw Refused.conflict("What this kernel had of a GPU is somebody else's by now; start a new kernel");
    }

    /// As clients know it: the node has it without its flavour.
    KernelModel named(KernelModel kernel) {
        var grant = kernel.grant();
        if (grant == null) return kernel;
        return new KernelModel(
                kernel.id(),
                flavours.name(kernel.name(), grant.flavour()),
                kernel.owner(),
                kernel.lastActivity(),
                kernel.executionState(),
                kernel.connections(),
                kernel.reason(),
                kernel.pid(),
                kernel.sandbox(),
                kernel.startedAt(),
                grant,
                kernel.busyMillis());
    }
}

package sluice.scheduling.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import sluice.scheduling.residency.Answer;
import sluice.scheduling.residency.Lazy;
import sluice.scheduling.residency.Reserve;
import sluice.scheduling.residency.Residency;
import sluice.scheduling.residency.Timer;
import sluice.scheduling.residency.Wish;

/// Replays notebooks event by event. A cell is sent when the pause after the one before is over, so a delay
/// moves the rest of its session; nobody gives up waiting.
public final class Simulator {
    private final Residency residency;
    private final double horizon;
    private final double idle;
    private final Scenario scenario;
    private final Tally tally = new Tally();
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final Map<String, Kernel> kernels = new LinkedHashMap<>();
    private final Set<Kernel> waiting = new LinkedHashSet<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long sequence;
    private double now;

    private enum What {
        END,
        LOOK,
        SENT
    }

    /// Of what happens at the same moment, ends come first, so that what they free is seen.
    private record Event(double at, What what, long sequence, Kernel kernel) implements Comparable<Event> {
        private static final Comparator<Event> ORDER =
                Comparator.comparingDouble(Event::at).thenComparing(Event::what).thenComparingLong(Event::sequence);

        @Override
        public int compareTo(Event other) {
            return ORDER.compare(this, other);
        }
    }

    private Simulator(Scenario scenario, Residency residency) {
        this.scenario = scenario;
        this.residency = residency;
        this.horizon = scenario.days() * 86400;
        this.idle = residency instanceof Timer timer ? timer.idle().toNanos() / 1e9 : Double.POSITIVE_INFINITY;
        for (int node = 1; node <= scenario.nodes(); node++) {
            var machine = new Machine("n" + node, tally);
            for (int card = 0; card < scenario.cardsEach(); card++) {
                var id = "%s/%03d".formatted(machine.name, card);
                slots.put(id, new Slot(id, machine, scenario.cardBytes()));
            }
        }
    }

    /// A scenario under one policy.
    public static Report.Row run(Scenario scenario, Residency residency) {
        return new Simulator(scenario, residency).run();
    }

    /// A scenario under all of them: reservation with as many cards as it takes, to see how many that are, and
    /// on the scenario's cards the others.
    public static Report compare(Scenario scenario) {
        var lazy = new Lazy(scenario.cost());
        var rows = new ArrayList<Report.Row>();
        rows.add(run(scenario.withCards(1, scenario.notebooks()), new Reserve()));
        rows.add(run(scenario, new Reserve()));
        for (int minutes : List.of(60, 10, 1)) {
            rows.add(run(scenario, new Timer(lazy, Duration.ofMinutes(minutes))));
        }
        rows.add(run(scenario, lazy));
        return new Report(scenario, rows);
    }

    private Report.Row run() {
        var trace = Trace.of(
                scenario.statistics(), scenario.notebooks(), scenario.days(), scenario.cardBytes(), scenario.seed());
        for (var notebook : trace) {
            var kernel = new Kernel(notebook);
            kernels.put(kernel.session(), kernel);
            at(notebook.start(), What.SENT, kernel);
        }
        for (var event = events.poll(); event != null && event.at <= horizon; event = events.poll()) {
            now = event.at;
            switch (event.what) {
                case SENT -> sent(event.kernel);
                case END -> ended(event.kernel);
                case LOOK -> look(event.kernel);
            }
        }
        now = horizon;
        for (var kernel : waiting) tally.started(now - kernel.sent);
        for (var kernel : kernels.values()) if (kernel.busy) tally.busySeconds += Math.max(0, now - kernel.since);
        count();
        return tally.row(residency.name(), slots.size());
    }

    private void sent(Kernel kernel) {
        kernel.sent = now;
        if (!tryRun(kernel)) waiting.add(kernel);
    }

    private boolean tryRun(Kernel kernel) {
        var node = kernel.machine == null ? null : kernel.machine.name;
        var decks = slots.values().stream().map(Slot::deck).toList();
        var wish = new Wish(kernel.session(), kernel.bytes(), node);
        return switch (residency.wants(wish, decks, Slot.instant(now))) {
            case Answer.Run(var card) -> {
                start(kernel, slot(card), now);
                yield true;
            }
            case Answer.Move(var card, var out) -> {
                move(kernel, slot(card), out);
                yield true;
            }
            case Answer.Wait _ -> false;
        };
    }

    /// Moves off one card happen one after the other; the session's own state leaves another card at the same
    /// time.
    private void move(Kernel kernel, Slot to, List<String> out) {
        boolean hasState = kernel.machine != null;

        double room = now;
        for (var session : out) {
            var leaving = kernel(session);
            double takes = scenario.cost().of(leaving.bytes());
            double until = leaving == kernel ? now + takes : (room += takes);
            moveOut(leaving, until);
        }
        double ready = Math.max(room, kernel.outUntil);
        if (hasState) {
            ready = Math.max(ready, to.clear) + scenario.cost().of(kernel.bytes());
            tally.ins++;
        }
        start(kernel, to, ready);
    }

    private void moveOut(Kernel kernel, double until) {
        var slot = kernel.slot;
        if (slot == null) throw new IllegalStateException(kernel.session() + " is on no card, and cannot leave one");
        slot.residents().remove(kernel);
        slot.machine.keeps(kernel.bytes());
        kernel.slot = null;
        kernel.outUntil = until;
        tally.outs++;
        count();
    }

    private void start(Kernel kernel, Slot slot, double at) {
        if (slot.running != null) throw new IllegalStateException("Two cells at once on " + slot.id);
        if (kernel.slot == null && kernel.machine != null) slot.machine.gives(kernel.bytes());
        if (kernel.machine == null) at = Math.max(at, slot.clear);
        if (kernel.machine == null) slot.machine.homed++;
        kernel.machine = slot.machine;
        kernel.slot = slot;
        slot.residents().add(kernel);
        slot.running = kernel;
        kernel.busy = true;
        kernel.since = at;
        tally.started(at - kernel.sent);
        at(at + kernel.current().work(), What.END, kernel);
        count();
    }

    private void ended(Kernel kernel) {
        var slot = kernel.slot;
        if (slot == null) throw new IllegalStateException(kernel.session() + " ended a cell on no card");
        tally.busySeconds += now - kernel.since;
        slot.running = null;
        kernel.busy = false;
        kernel.since = now;
        double pause = kernel.current().pause();
        if (++kernel.cell < kernel.notebook.cells().size()) {
            at(now + pause, What.SENT, kernel);
            // A little late, so that rounding to nanoseconds does not make it too early.
            if (idle < pause) at(now + idle + 1e-6, What.LOOK, kernel);
        } else {
            slot.residents().remove(kernel);
            slot.machine.homed--;
            kernel.slot = null;
            count();
        }
        retry();
    }

    private void look(Kernel kernel) {
        var slot = kernel.slot;
        if (slot == null || kernel.busy) return;
        for (var session : residency.leaving(slot.deck(), Slot.instant(now))) {
            var leaving = kernel(session);
            slot.clear = Math.max(slot.clear, now) + scenario.cost().of(leaving.bytes());
            moveOut(leaving, slot.clear);
        }
        retry();
    }

    /// Whoever has waited longest is asked first.
    private void retry() {
        for (var kernel : List.copyOf(waiting)) if (tryRun(kernel)) waiting.remove(kernel);
    }

    private void count() {
        int held = 0;
        for (var slot : slots.values()) if (!slot.residents().isEmpty()) held++;
        tally.held(held, now);
    }

    private void at(double when, What what, Kernel kernel) {
        events.add(new Event(when, what, sequence++, kernel));
    }

    private Slot slot(String card) {
        var slot = slots.get(card);
        if (slot == null) throw new IllegalStateException("There is no card " + card);
        return slot;
    }

    private Kernel kernel(String session) {
        var kernel = kernels.get(session);
        if (kernel == null) throw new IllegalStateException("There is no session " + session);
        return kernel;
    }

    /// Prints the table, or with `--json` the figures.
    public static void main(String[] arguments) {
        var report = compare(Scenario.USUAL);
        System.out.println(List.of(arguments).contains("--json") ? report.json() : report.table());
    }
}

package sluice.gateway.doors.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import sluice.gateway.doors.http.Answer;
import sluice.gateway.doors.http.Asked;
import sluice.gateway.ledger.Decisions;
import sluice.gateway.ledger.LeaseRow;
import sluice.gateway.ledger.LeaseRow.State;
import sluice.gateway.ledger.Leases;
import sluice.gateway.ledger.Use;
import sluice.gateway.people.Permissions;
import sluice.gateway.people.Refused;
import sluice.gateway.people.Words;
import sluice.gateway.queue.Dispatcher;
import sluice.gateway.queue.Pending;
import sluice.gateway.queue.Said;
import sluice.scheduling.Decision.Cause;
import sluice.scheduling.Placement;

/// `/api/v1/leases` and `/api/v1/queue`: who holds what, who waits and why, and what was used.
public final class LeaseRoutes {
    private static final int USUALLY = 100;

    private final Dispatcher dispatcher;
    private final Leases leases;
    private final Decisions decisions;

    public LeaseRoutes(Dispatcher dispatcher, Leases leases, Decisions decisions) {
        this.dispatcher = dispatcher;
        this.leases = leases;
        this.decisions = decisions;
    }

    /// @param cause `limit`, `cards`, `host`, `held` or `room`; null where the queue has not looked yet
    /// @param place in the queue for what it asks for, from 1; 0 where it stands in none
    /// @param eta when it will probably start; null where nobody can know
    record WaitView(
            String session,
            String user,
            String team,
            String spec,
            String flavour,
            String asks,
            @Nullable String cause,
            String reason,
            int place,
            @Nullable Instant eta,
            Instant since) {
        static WaitView of(Pending pending) {
            var row = pending.row();
            var last = pending.last();
            return new WaitView(
                    pending.session(),
                    row.owner().user(),
                    row.owner().team(),
                    row.spec(),
                    row.flavour(),
                    Said.asked(row.demand()),
                    last == null ? null : word(last.cause()),
                    Said.plainly(pending.reason()),
                    pending.place(),
                    pending.eta(),
                    row.submitted());
        }

        private static String word(Cause cause) {
            return cause.name().toLowerCase(Locale.ROOT);
        }
    }

    /// @param share part of the card, from 0 to 1
    record CardView(String node, String uuid, double share, long memoryBytes) {}

    /// Seconds are those of whole cards: half a card for ten seconds is five.
    /// @param id of this lease; a session that asks again has another one
    /// @param state `queued`, `starting`, `active` or `released`
    /// @param reason why it waits or why it ended; empty where there is nothing to say
    record LeaseView(
            long id,
            String session,
            String user,
            String team,
            String spec,
            String flavour,
            String asks,
            String state,
            String reason,
            List<CardView> gpus,
            Instant submittedAt,
            @Nullable Instant grantedAt,
            @Nullable Instant releasedAt,
            double allocatedSeconds,
            double busySeconds,
            double suspendedSeconds) {
        static LeaseView of(LeaseRow row, Instant now) {
            var use = soFar(row, now);
            return new LeaseView(
                    row.id(),
                    row.session(),
                    row.owner().user(),
                    row.owner().team(),
                    row.spec(),
                    row.flavour(),
                    Said.asked(row.demand()),
                    row.state().name().toLowerCase(Locale.ROOT),
                    Said.plainly(row.reason()),
                    cards(row.placement()),
                    row.submitted(),
                    row.granted(),
                    row.released(),
                    use.allocatedSeconds(),
                    use.busySeconds(),
                    use.suspendedSeconds());
        }

        private static Use soFar(LeaseRow row, Instant now) {
            var reckoned = row.reckoned();
            if (row.state() == State.RELEASED || reckoned == null || !now.isAfter(reckoned)) return row.use();
            return row.use().plus(new Use(Duration.between(reckoned, now).toMillis() * row.milliGpus(), 0, 0));
        }

        private static List<CardView> cards(@Nullable Placement placement) {
            if (placement == null) return List.of();
            return placement.parts().stream()
                    .flatMap(part -> part.shares().stream()
                            .map(share ->
                                    new CardView(part.node(), share.card(), share.milli() / 1000.0, share.bytes())))
                    .toList();
        }
    }

    record DecisionView(
            Instant at,
            String verdict,
            String reason,
            int place,
            @Nullable Instant eta) {
        static DecisionView of(Decisions.Entry entry) {
            return new DecisionView(
                    entry.at(), entry.verdict(), Said.plainly(entry.reason()), entry.place(), entry.eta());
        }
    }

    /// @param decisions the newest last
    record WholeLease(LeaseView lease, List<DecisionView> decisions) {}

    /// One's own, and everybody's for an administrator, as they came.
    public Answer queue(Asked asked) {
        return Answer.json(dispatcher.queue().stream()
                .filter(pending -> Permissions.mayTouch(
                        asked.principal(), pending.row().owner().user()))
                .map(WaitView::of)
                .toList());
    }

    /// Those that wait or hold something; with `?ended=true` all there ever were, the newest first.
    public Answer list(Asked asked) {
        var who = asked.principal();
        var now = Instant.now();
        var user = who.isAdmin() ? asked.query("user").orElse(null) : who.name();
        var rows = asked.query("ended").filter("true"::equals).isPresent()
                ? leases.history(user, asked.number("before", Long.MAX_VALUE), asked.limit(USUALLY))
                : leases.live().stream()
                        .filter(row -> user == null || user.equals(row.owner().user()))
                        .toList();
        return Answer.json(rows.stream().map(row -> LeaseView.of(row, now)).toList());
    }

    /// The last lease of a session, with all that was decided about it: why it waits, waited, or was refused.
    public Answer get(Asked asked) {
        var session = asked.path("session");
        var row = leases.of(session)
                .filter(lease ->
                        Permissions.mayTouch(asked.principal(), lease.owner().user()))
                .orElseThrow(() -> Refused.notFound("There is no lease of " + Words.quoted(session)));
        return Answer.json(new WholeLease(
                LeaseView.of(row, Instant.now()),
                decisions.of(session).stream().map(DecisionView::of).toList()));
    }
}

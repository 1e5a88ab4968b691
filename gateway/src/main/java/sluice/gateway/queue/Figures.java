package sluice.gateway.queue;

import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Account;
import sluice.scheduling.Snapshot;
import sluice.scheduling.queue.Scheduler;
import sluice.scheduling.queue.Scheduler.Due;

/// What there was to see of the queue at one moment.
/// @param teams by name
/// @param fragmentation the part of what is free that nobody who waits could use
public record Figures(Instant at, List<Held> held, List<Team> teams, double fragmentation) {
    public Figures {
        held = List.copyOf(held);
        teams = List.copyOf(teams);
    }

    /// A team that has a quota, has used something lately, runs something or waits for it.
    /// @param pending how many of its sessions wait
    /// @param running how many have what they asked for
    /// @param due null for one that neither holds nor wants anything: nothing is divided among such
    public record Team(
            Account account,
            int pending,
            int running,
            @Nullable Due due) {
        public String name() {
            return account.id();
        }

        /// Thousandths of cards that it holds.
        public long milliGpus() {
            return due == null ? 0 : due.held();
        }

        /// Thousandths of cards beyond its fair share.
        public long borrowed() {
            return due == null ? 0 : Math.max(0, due.held() - due.fairShare());
        }
    }

    private static final class Tally {
        private int pending;
        private int running;
        private @Nullable Account account;
        private @Nullable Due due;

        private Team team(String name) {
            return new Team(account == null ? Account.of(name) : account, pending, running, due);
        }
    }

    static Figures of(Instant at, List<Held> held, Snapshot snapshot, Scheduler scheduler) {
        var tallies = new TreeMap<String, Tally>();
        for (var account : snapshot.accounts()) {
            if (isTeam(account)) tally(tallies, account.id()).account = account;
        }
        for (var lease : snapshot.leases())
            tally(tallies, Account.team(lease.demand().owner())).running++;
        for (var waits : snapshot.waiting())
            tally(tallies, Account.team(waits.demand().owner())).pending++;
        for (var due : scheduler.due(snapshot)) tally(tallies, due.team()).due = due;
        var teams = tallies.entrySet().stream()
                .map(team -> team.getValue().team(team.getKey()))
                .toList();
        return new Figures(at, held, teams, scheduler.fragmentation(snapshot));
    }

    private static Tally tally(TreeMap<String, Tally> tallies, String team) {
        return tallies.computeIfAbsent(team, _ -> new Tally());
    }

    private static boolean isTeam(Account account) {
        return !account.id().equals(Account.POOL) && account.id().indexOf('/') < 0;
    }
}

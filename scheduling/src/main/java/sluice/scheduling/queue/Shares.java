package sluice.scheduling.queue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import sluice.scheduling.Account;
import sluice.scheduling.Card;
import sluice.scheduling.Owner;
import sluice.scheduling.Snapshot;
import sluice.scheduling.share.Division;
import sluice.scheduling.share.Division.Claim;

/// What each team is due in this cycle, and what everybody holds as it goes on.
final class Shares {
    private final Map<String, Account> accounts = new HashMap<>();
    private final TreeMap<String, Standing> teams = new TreeMap<>();
    private final Map<Owner, Standing> people = new HashMap<>();
    private final double foresight;

    Shares(Snapshot snapshot, CardSizes sizes, Policy policy) {
        foresight = policy.foresight();
        for (var account : snapshot.accounts()) accounts.put(account.id(), account);
        for (var lease : snapshot.leases()) {
            long milli = lease.placement().amounts().milliGpus();
            granted(lease.demand().owner(), milli);
            team(lease.demand().owner()).requested += milli;
        }
        for (var waiting : snapshot.waiting()) {
            person(waiting.demand().owner());
            team(waiting.demand().owner()).requested += sizes.milliGpus(waiting);
        }
        siblings(teams.values());
        var members = new HashMap<String, List<Standing>>();
        people.forEach((owner, standing) ->
                members.computeIfAbsent(owner.team(), _ -> new ArrayList<>()).add(standing));
        members.values().forEach(Shares::siblings);
        divide(capacity(snapshot), policy.k());
    }

    private static void siblings(Collection<Standing> siblings) {
        double weight =
                siblings.stream().mapToDouble(each -> each.account.weight()).sum();
        double used = siblings.stream().mapToDouble(Standing::used).sum();
        for (var each : siblings) {
            each.siblingsWeight = weight;
            each.siblingsUsed = used;
        }
    }

    private static long capacity(Snapshot snapshot) {
        return snapshot.nodes().stream()
                .filter(node -> node.takes())
                .flatMap(node -> node.cards().stream())
                .filter(card -> card.health() != Card.Health.LOST)
                .mapToLong(card -> card.capacity(card.mode()))
                .sum();
    }

    private void divide(long capacity, double k) {
        var claims = teams.values().stream()
                .map(team -> new Claim(
                        team.account.id(),
                        team.account.deserved(),
                        team.requested,
                        team.account.weight(),
                        team.account.recentGpus()))
                .toList();
        var shares = Division.divide(capacity, claims, k);
        int i = 0;
        for (var team : teams.values()) team.fairShare = shares[i++];
    }

    Standing team(Owner owner) {
        return teams.computeIfAbsent(owner.team(), this::standing);
    }

    Standing person(Owner owner) {
        return people.computeIfAbsent(owner, _ -> standing(Account.user(owner)));
    }

    private Standing standing(String account) {
        var known = accounts.get(account);
        return new Standing(known == null ? Account.of(account) : known, foresight);
    }

    void granted(Owner owner, long milli) {
        team(owner).held += milli;
        person(owner).held += milli;
    }

    void released(Owner owner, long milli) {
        granted(owner, -milli);
    }

    /// A team's division, for panels and metrics.
    List<Scheduler.Due> due() {
        return teams.values().stream()
                .map(team -> new Scheduler.Due(
                        team.account.id(), team.fairShare, team.held, team.requested, team.saturation()))
                .toList();
    }
}

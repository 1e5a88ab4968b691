package sluice.scheduling.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import sluice.scheduling.Account;
import sluice.scheduling.Owner;
import sluice.scheduling.Snapshot.Waiting;
import sluice.scheduling.Terms.Priority;

/// Everybody who waits, in the order in which they are served. Which team is next depends on what was granted
/// so far, so the order unrolls as the cycle goes: a heap of teams, in each a heap of people, of each a sorted
/// queue. A grant changes one team and one person, and these two are out of their heaps just then.
final class Line {
    /// Equal demands of a person keep the order in which they were asked for.
    private static final Comparator<Waiting> OWN_ORDER = Comparator.<Waiting>comparingInt(w -> rank(w))
            .thenComparing(w -> w.demand().terms().priority(), Comparator.reverseOrder())
            .thenComparing(Waiting::queued)
            .thenComparing(w -> w.demand().id());

    private final Shares shares;
    private final CardSizes sizes;
    private final Policy policy;
    private final Instant now;
    private final Map<String, Team> byName = new HashMap<>();
    private final PriorityQueue<Team> teams = new PriorityQueue<>();
    private @Nullable Team team;
    private @Nullable Person person;

    Line(List<Waiting> waiting, Shares shares, CardSizes sizes, Policy policy, Instant now) {
        this.shares = shares;
        this.sizes = sizes;
        this.policy = policy;
        this.now = now;
        var people = new HashMap<Owner, List<Waiting>>();
        for (var each : waiting)
            people.computeIfAbsent(each.demand().owner(), _ -> new ArrayList<>())
                    .add(each);
        people.forEach((owner, own) -> {
            own.sort(OWN_ORDER);
            byName.computeIfAbsent(owner.team(), _ -> new Team(shares.team(owner)))
                    .people
                    .add(new Person(owner, own));
        });
        for (var each : byName.values()) {
            each.refresh();
            teams.add(each);
        }
    }

    /// What is pressing first, what is spot last: 0, 1, 2.
    private static int rank(Waiting waiting) {
        if (waiting.pressing()) return 0;
        return waiting.demand().terms().priority() == Priority.SPOT ? 2 : 1;
    }

    @Nullable
    Waiting poll() {
        putBack();
        team = teams.poll();
        if (team == null) return null;

        person = team.people.remove();
        return person.own.remove();
    }

    private void putBack() {
        if (team == null || person == null) return;
        if (!person.own.isEmpty()) {
            person.refresh();
            team.people.add(person);
        }
        if (!team.people.isEmpty()) {
            team.refresh();
            teams.add(team);
        }
    }

    /// Somebody else's team than the one whose turn it is has less than before.
    void changed(Owner owner) {
        var loser = byName.get(Account.team(owner));
        if (loser != null && loser != team && teams.remove(loser)) {
            loser.refresh();
            teams.add(loser);
        }
    }

    private double age(Waiting waiting) {
        return Math.max(0, seconds(Duration.between(waiting.queued(), now)) / seconds(policy.ageFull()));
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    private final class Person implements Comparable<Person> {
        final Owner owner;
        final Standing standing;
        final ArrayDeque<Waiting> own;
        int rank;
        Priority priority = Priority.NORMAL;
        double score;
        long held;

        Person(Owner owner, List<Waiting> own) {
            this.owner = owner;
            this.standing = shares.person(owner);
            this.own = new ArrayDeque<>(own);
            refresh();
        }

        Waiting head() {
            return own.element();
        }

        void refresh() {
            rank = Line.rank(head());
            priority = head().demand().terms().priority();
            score = standing.fairness() + age(head());
            held = standing.held;
        }

        @Override
        public int compareTo(Person other) {
            if (rank != other.rank) return Integer.compare(rank, other.rank);
            if (priority != other.priority) return other.priority.compareTo(priority);
            if (score != other.score) return Double.compare(other.score, score);
            if (held != other.held) return Long.compare(held, other.held);
            return owner.user().compareTo(other.owner.user());
        }
    }

    private final class Team implements Comparable<Team> {
        final Standing standing;
        final PriorityQueue<Person> people = new PriorityQueue<>();
        Tier tier = Tier.SPOT;
        double saturation;
        double score;
        long held;

        Team(Standing standing) {
            this.standing = standing;
        }

        void refresh() {
            var head = people.element().head();
            tier = switch (Line.rank(head)) {
                case 0 -> Tier.PRESSING;
                // The same question is asked of whoever claims a card back: or what was granted here would be claimed
                // there.
                case 1 -> standing.held + sizes.milliGpus(head) <= standing.fairShare ? Tier.DUE : Tier.OVER;
                default -> Tier.SPOT;
            };
            // Whoever is due something is served by fairness; of those who borrow, the one who borrows least.
            saturation = tier == Tier.OVER ? standing.saturation() : 0;
            score = standing.fairness() + age(head);
            held = standing.held;
        }

        @Override
        public int compareTo(Team other) {
            if (tier != other.tier) return tier.compareTo(other.tier);
            if (saturation != other.saturation) return Double.compare(saturation, other.saturation);
            if (score != other.score) return Double.compare(other.score, score);
            if (held != other.held) return Long.compare(held, other.held);
            return standing.account.id().compareTo(other.standing.account.id());
        }
    }
}

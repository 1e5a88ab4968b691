package sluice.scheduling.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.scheduling.Pools.NOON;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import sluice.scheduling.Account;
import sluice.scheduling.Amounts;
import sluice.scheduling.Limits;
import sluice.scheduling.Owner;

/// Whatever happens in whatever order, the books hold what is held, and never more than was allowed when it was
/// given.
class BooksProperties {
    private static final List<Owner> OWNERS = List.of(
            new Owner("vision", "ada"),
            new Owner("vision", "ben"),
            new Owner("speech", "ada"),
            new Owner("speech", "eve"));

    private static final List<String> ACCOUNTS = List.of(Account.POOL, "vision", "speech", "vision/ada", "speech/eve");

    sealed interface Step {
        record Reserve(int id, int owner, int gpus) implements Step {}

        record Commit(int id, int node) implements Step {}

        record Release(int id) implements Step {}

        record Limit(int account, int gpus) implements Step {}

        record LoseNode(int node) implements Step {}

        record Lapse(int seconds) implements Step {}
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        var id = Arbitraries.integers().between(0, 7);
        var node = Arbitraries.integers().between(0, 2);
        Arbitrary<Step> reserve = Combinators.combine(
                        id,
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 5))
                .as(Step.Reserve::new);
        Arbitrary<Step> commit = Combinators.combine(id, node).as(Step.Commit::new);
        Arbitrary<Step> release = id.map(Step.Release::new);
        Arbitrary<Step> limit = Combinators.combine(
                        Arbitraries.integers().between(0, ACCOUNTS.size() - 1),
                        Arbitraries.integers().between(0, 9))
                .as(Step.Limit::new);
        Arbitrary<Step> lose = node.map(Step.LoseNode::new);
        Arbitrary<Step> lapse = Arbitraries.integers().between(0, 100).map(Step.Lapse::new);
        return Arbitraries.oneOf(reserve, reserve, commit, release, limit, lose, lapse)
                .list()
                .ofMaxSize(80);
    }

    /// What the books ought to say, kept the plain way.
    private record Held(Owner owner, Amounts amounts, int since, int node) {}

    @Property(tries = 500)
    void theBooksHoldWhatIsHeldAndGiveNothingBeyondALimit(@ForAll("steps") List<Step> steps) {
        var books = new Books();
        var limits = new HashMap<String, Integer>();
        var held = new HashMap<String, Held>();
        int second = 0;
        for (var step : steps) {
            second++;
            switch (step) {
                case Step.Reserve(int id, int who, int gpus) ->
                    reserve(books, limits, held, second, "s-" + id, OWNERS.get(who), gpus);
                case Step.Commit(int id, int node) -> {
                    var known = held.get("s-" + id);
                    assertThat(books.commit("s-" + id, Set.of("n" + node))).isEqualTo(known != null);
                    if (known != null) held.put("s-" + id, new Held(known.owner, known.amounts, known.since, node));
                }
                case Step.Release(int id) -> {
                    books.release("s-" + id);
                    held.remove("s-" + id);
                }
                case Step.Limit(int account, int gpus) -> {
                    books.limit(ACCOUNTS.get(account), Limits.gpus(gpus));
                    limits.put(ACCOUNTS.get(account), gpus);
                }
                case Step.LoseNode(int node) -> {
                    books.lose("n" + node);
                    held.values().removeIf(each -> each.node == node);
                }
                case Step.Lapse(int seconds) -> {
                    int before = seconds;
                    books.lapse(NOON.plusSeconds(before));
                    held.values().removeIf(each -> each.node < 0 && each.since < before);
                }
            }
            for (var account :
                    List.of("", "vision", "speech", "vision/ada", "vision/ben", "speech/ada", "speech/eve")) {
                assertThat(books.used(account)).as(account).isEqualTo(sum(held, account));
            }
        }
        for (var id : List.copyOf(held.keySet())) books.release(id);
        assertThat(books.used(Account.POOL)).isEqualTo(Amounts.ZERO);
    }

    private static void reserve(
            Books books,
            Map<String, Integer> limits,
            Map<String, Held> held,
            int second,
            String id,
            Owner owner,
            int gpus) {
        if (held.containsKey(id)) return;
        var amounts = new Amounts(gpus * 1000L, gpus, 1000, 1, 1, 1);
        var refusal = books.reserve(id, owner, amounts, NOON.plusSeconds(second));
        boolean fits = List.of(Account.user(owner), Account.team(owner), Account.POOL).stream()
                .allMatch(account -> gpus == 0
                        || sum(held, account).milliGpus() + gpus * 1000L
                                <= limits.getOrDefault(account, 1_000_000) * 1000L);
        assertThat(refusal.isEmpty()).isEqualTo(fits);
        if (fits) held.put(id, new Held(owner, amounts, second, -1));
    }

    private static Amounts sum(Map<String, Held> held, String account) {
        return held.values().stream()
                .filter(each -> List.of(Account.POOL, Account.team(each.owner), Account.user(each.owner))
                        .contains(account))
                .map(Held::amounts)
                .reduce(Amounts.ZERO, Amounts::plus);
    }
}

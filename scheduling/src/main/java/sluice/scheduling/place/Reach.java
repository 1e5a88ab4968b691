package sluice.scheduling.place;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import sluice.scheduling.Card;
import sluice.scheduling.Demand.Shape;
import sluice.scheduling.Gpus;
import sluice.scheduling.Needs;
import sluice.scheduling.Node;
import sluice.scheduling.Words;

/// What the pool could do if nobody were on it. Cards that are cordoned or lost count: they may come back, and
/// somebody who is told "never" does not.
public final class Reach {
    private final List<Node> nodes;

    public Reach(List<Node> nodes) {
        this.nodes = nodes;
    }

    /// Why it could not even start on an empty pool; empty if it could.
    public Optional<String> never(Shape shape) {
        var needs = shape.needs();
        var cards = needs.gpus() instanceof Gpus.None ? Optional.<String>empty() : noCards(shape);
        if (cards.isPresent()) return cards;
        var host = noHost(needs);
        if (host.isPresent()) return host;
        long ranks = nodes.stream().mapToLong(node -> ranks(node, shape)).sum();
        if (ranks == 0)
            return Optional.of("no node has all that one rank asks for together (%s)".formatted(said(needs)));
        if (ranks < shape.ranks())
            return Optional.of("asks for %d ranks of %s each; on an empty pool %s would fit"
                    .formatted(shape.ranks(), said(needs), Words.counted(ranks, "rank")));
        return Optional.empty();
    }

    private Optional<String> noCards(Shape shape) {
        var needs = shape.needs();
        if (cards().findAny().isEmpty()) return Optional.of("asks for a GPU, and this pool has none");
        if (cards().noneMatch(card -> model(card, needs)))
            return Optional.of("no GPU of model %s in this pool; it has %s".formatted(needs.model(), models()));
        if (cards().noneMatch(card -> suits(card, needs)))
            return Optional.of("no %s of this pool may be put into mode %s"
                    .formatted(kind(needs), needs.mode().word()));
        long largest = cards().filter(card -> suits(card, needs))
                .mapToLong(Card::bytes)
                .max()
                .orElse(0);
        long asked = needs.gpus().bytesOf(largest);
        if (asked > largest)
            return Optional.of("asks for %s on one GPU; the largest %s has %s"
                    .formatted(Words.bytes(asked), kind(needs), Words.bytes(largest)));
        int each = needs.gpus().cards();
        long most = nodes.stream().mapToLong(node -> suiting(node, needs)).max().orElse(0);
        if (each > most)
            return Optional.of(
                    "asks for %d GPUs on one node; the largest has %d: split it into ranks".formatted(each, most));
        long all = nodes.stream().mapToLong(node -> suiting(node, needs)).sum();
        if (needs.gpus() instanceof Gpus.Whole && (long) shape.ranks() * each > all)
            return Optional.of("asks for %d GPUs; this pool has %d such".formatted((long) shape.ranks() * each, all));
        return Optional.empty();
    }

    private Optional<String> noHost(Needs needs) {
        var able = nodes.stream()
                .filter(node -> suiting(node, needs) >= needs.gpus().cards())
                .toList();
        var cpus = less(able, Node::milliCpus, needs.milliCpus());
        if (cpus >= 0)
            return Optional.of("asks for %s on one node; the largest node has %s"
                    .formatted(Words.cpus(needs.milliCpus()), Words.cpus(cpus)));
        var memory = less(able, Node::memory, needs.memory());
        if (memory >= 0)
            return Optional.of("asks for %s of memory on one node; the largest node has %s"
                    .formatted(Words.bytes(needs.memory()), Words.bytes(memory)));
        var disk = less(able, Node::disk, needs.disk());
        if (disk >= 0)
            return Optional.of("asks for %s of disk on one node; the largest node has %s"
                    .formatted(Words.bytes(needs.disk()), Words.bytes(disk)));
        return Optional.empty();
    }

    /// The most that a node has, if that is less than what is asked for; else -1.
    private static long less(List<Node> nodes, ToLongFunction<Node> of, long asked) {
        long most = nodes.stream().mapToLong(of).max().orElse(0);
        return most < asked ? most : -1;
    }

    private static long ranks(Node node, Shape shape) {
        var needs = shape.needs();
        long ranks = needs.ranks(Gpus.MOST, node.milliCpus(), node.memory(), node.disk());
        if (needs.gpus() instanceof Gpus.None) return ranks;
        long seats = node.cards().stream()
                .filter(card -> suits(card, needs))
                .mapToLong(card -> seats(card, shape))
                .sum();
        return Math.min(ranks, seats / needs.gpus().cards());
    }

    /// Ranks that have to talk to each other cannot take turns on one card, so a gang has one seat on each.
    private static long seats(Card card, Shape shape) {
        var needs = shape.needs();
        int milli = needs.gpus().milliOf(card.bytes());
        if (milli > 1000) return 0;
        boolean gang = shape.ranks() > 1 || needs.gpus().cards() > 1;
        return gang && needs.gpus() instanceof Gpus.Whole ? 1 : card.capacity(needs.mode()) / milli;
    }

    private static boolean model(Card card, Needs needs) {
        return needs.model() == null || needs.model().equals(card.model());
    }

    private static boolean suits(Card card, Needs needs) {
        return model(card, needs) && card.may(needs.mode());
    }

    private static long suiting(Node node, Needs needs) {
        if (needs.gpus() instanceof Gpus.None) return 0;
        return node.cards().stream().filter(card -> suits(card, needs)).count();
    }

    private Stream<Card> cards() {
        return nodes.stream().flatMap(node -> node.cards().stream());
    }

    private String models() {
        return cards().map(Card::model).distinct().sorted().collect(Collectors.joining(" and "));
    }

    private static String kind(Needs needs) {
        return needs.model() == null ? "GPU" : needs.model();
    }

    private static String said(Needs needs) {
        var said = new ArrayList<>(List.of(Words.gpus(1000L * needs.gpus().cards())));
        said.addAll(Words.host(needs));
        return String.join(", ", said);
    }
}

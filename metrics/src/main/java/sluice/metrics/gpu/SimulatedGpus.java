package sluice.metrics.gpu;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import sluice.metrics.gpu.GpuLink.Nearness;

/// Cards that do not exist, for machines without any: to try the pool, to develop it, to test it.
///
/// They say so wherever they are shown (`simulated`, "Simulated H100"). Their figures follow what is put on them:
/// memory and utilisation at once, power with them, temperature after some seconds. Faults come on order.
public final class SimulatedGpus implements Gpus {
    /// Links between two cards of one group.
    static final int LINKS = 4;

    private final Map<String, SimulatedCard> cards;
    private final Clock clock;
    private final Queue<GpuEvent> events = new ConcurrentLinkedQueue<>();

    private SimulatedGpus(Map<String, SimulatedCard> cards, Clock clock) {
        this.cards = cards;
        this.clock = clock;
    }

    /// Makes up cards.
    ///
    /// @param spec `simulated:` and groups of cards, joined by `+` or `,`; a group is its number, `x`, a
    ///     model's name and `-` if you like, and the memory of each: `simulated:4x80GiB`,
    /// `simulated:2xH100-80GiB+1xL4-24GiB`
    /// @throws IllegalArgumentException it is not; the message shows how to write it
    public static SimulatedGpus open(String spec) {
        return open(spec, machine(), Clock.systemUTC(), RandomGenerator.getDefault());
    }

    /// Makes up cards in a world of the caller's.
    ///
    /// @param machine makes the uuids: the same machine has the same cards after a restart, two machines have
    ///     different ones
    /// @param noise makes the figures tremble
    public static SimulatedGpus open(String spec, String machine, Clock clock, RandomGenerator noise) {
        var cards = new LinkedHashMap<String, SimulatedCard>();
        for (var group : SimulatedSpec.parse(spec).groups()) {
            var first = cards.size();
            for (int member = 0; member < group.count(); member++) {
                var gpu = gpu(machine, group, first, member);
                cards.put(gpu.uuid(), new SimulatedCard(gpu, noise, clock.instant()));
            }
        }
        return new SimulatedGpus(cards, clock);
    }

    private static Gpu gpu(String machine, SimulatedSpec.Group group, int first, int member) {
        var links = new ArrayList<GpuLink>();
        for (int peer = 0; peer < group.count(); peer++) {
            if (peer != member) links.add(new GpuLink(uuid(machine, first + peer), Nearness.NUMA_NODE, LINKS));
        }
        var index = first + member;
        return new Gpu(
                uuid(machine, index),
                index,
                Vendor.SIMULATED,
                "Simulated " + group.model(),
                group.bytes(),
                "%08X:%02X:00.0".formatted(0, index % 256),
                OptionalInt.empty(),
                "simulated",
                OptionalInt.empty(),
                List.of(),
                true,
                links);
    }

    private static String uuid(String machine, int index) {
        return "SIM-" + UUID.nameUUIDFromBytes((machine + "/" + index).getBytes(UTF_8));
    }

    private static String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }

    /// Puts a process on a card, or changes what it does there.
    ///
    /// @param session whose process it is; one per session and card, a second call replaces the first
    /// @param bytes of the card's memory that it takes
    /// @param smUtil percent of the card that it keeps busy
    /// @throws IllegalStateException there is not so much memory left, or the card is lost: as a real one would
    /// refuse
    /// @throws NoSuchElementException there is no such card
    public void occupy(String uuid, String session, long pid, long bytes, int smUtil) {
        card(uuid).occupy(session, pid, bytes, smUtil);
    }

    /// Takes the session's process off the card, if it is there.
    public void release(String uuid, String session) {
        card(uuid).release(session);
    }

    /// The card reports this error, and shows the traces it leaves. 79 takes it off the bus.
    public void fail(String uuid, int xid) {
        var card = card(uuid);
        events.add(new GpuEvent.Xid(uuid, clock.instant(), xid));
        card.scar(xid);
    }

    /// The card stops to answer, without a word.
    public void fallOff(String uuid) {
        card(uuid).lose();
    }

    /// The card is there again, empty and without its scars, as after a reset.
    public void reset(String uuid) {
        card(uuid).reset();
    }

    private SimulatedCard card(String uuid) {
        var card = cards.get(uuid);
        if (card == null) throw new NoSuchElementException("There is no simulated card " + uuid);
        return card;
    }

    @Override
    public List<Gpu> cards() {
        return cards.values().stream().map(SimulatedCard::gpu).toList();
    }

    @Override
    public GpusSample sample() {
        var at = clock.instant();
        var samples = cards.values().stream().map(card -> card.sample(at)).toList();
        var happened = new ArrayList<GpuEvent>();
        for (var event = events.poll(); event != null; event = events.poll()) happened.add(event);
        return new GpusSample(at, samples, happened);
    }

    @Override
    public Optional<GpuMemory> memory(String uuid) {
        var card = cards.get(uuid);
        return card == null ? Optional.empty() : card.memory();
    }

    @Override
    public void close() {}
}

package sluice.kernels.line;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.Synthetic;
import sluice.kernels.wire.V1;
import sluice.kernels.zmtp.ZmtpLoop;
import tools.jackson.databind.ObjectMapper;

/// A backlog against a plain list of all that was ever said.
class BacklogMergeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long BASE = 1000;
    private static final Pattern NOTE = Pattern.compile("\\[sluice] (\\d+) messages .*\n");
    private static final String LONG_NAME = "u".repeat(250);

    private record Said(
            String name,
            String text,
            @Nullable Execution execution,
            @Nullable String to) {}

    private static final class Client {
        final LineChannel channel;
        final long joined;
        final Set<Execution> adopted;
        long has;
        long noted;
        long pieces;

        Client(LineChannel channel, long joined, Set<Execution> adopted) {
            this.channel = channel;
            this.joined = joined;
            this.adopted = adopted;
            this.has = channel.position();
        }
    }

    private final ZmtpLoop loop = new ZmtpLoop("zmtp-test");
    private final Synthetic synthetic = new Synthetic(Clock.systemUTC());
    private final Requests requests = new Requests();
    private final List<Said> said = new ArrayList<>();
    private final Map<String, Client> clients = new LinkedHashMap<>();
    private Backlog backlog = backlog(4 << 20);
    private @Nullable Execution cell;

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void fiftyThousandPrintsWaitInASmallRing() {
        attach("away", null);
        for (int i = 0; i < 50_000; i++) print("stdout", "%019d\n".formatted(i));
        assertThat(backlog.size()).isLessThan(6_000);
        readAll("away");
        assertThat(client("away").pieces).isEqualTo(50_000);
        assertThat(client("away").noted).isZero();
    }

    @Test
    void aCursorInTheMiddleOfARunGetsTheRestOfIt() {
        attach("a", null);
        attach("b", null);
        for (int i = 0; i < 100; i++) print("stdout", i + "\n");
        read("b", new Random(1));
        for (int i = 100; i < 20_000; i++) print("stdout", i + "\n");
        // What it says it has lies in the middle of what is one entry by now.
        for (long has = BASE + 30; has < BASE + 110; has += 7) {
            attach("b", has);
            var batch = fill("b");
            assertThat(batch.getFirst().first).isEqualTo(has + 1);
            assertThat(batch.getFirst().pieces()).isGreaterThan(1);
        }
        readAll("a");
        readAll("b");
        assertThat(client("a").pieces).isEqualTo(20_000);
        assertThat(client("a").noted + client("b").noted).isZero();
    }

    @Test
    void theRestOfARunHasAnIdOfItsOwn() {
        attach("a", null);
        for (int i = 0; i < 20_000; i++) print("stdout", i + "\n");
        var whole = id(fill("a").getFirst());
        attach("a", BASE + 5);
        assertThat(id(fill("a").getFirst())).isNotEqualTo(whole);
    }

    @Test
    void printsToTwoStreamsKeepTheirOrder() {
        attach("a", null);
        for (int i = 0; i < 1_000; i++) print(i % 2 == 0 ? "stdout" : "stderr", i + "\n");
        for (int i = 0; i < 20_000; i++) print(i / 500 % 2 == 0 ? "stdout" : "stderr", i + "\n");
        readAll("a");
        assertThat(client("a").pieces).isEqualTo(21_000);
        assertThat(client("a").noted).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whoeverReadsHoweverGetsEachPrintOnce(long seed) {
        var random = new Random(seed);
        backlog = backlog(2 << 20);
        attach("c0", null);
        for (int step = 0; step < 300; step++) {
            say(random, 0.02);
            var id = "c" + random.nextInt(1 + Math.min(5, step / 20));
            if (!clients.containsKey(id)) attach(id, null);
            switch (random.nextInt(4)) {
                case 0 -> {
                    // Anything from what the slowest has up to what it took itself, in the middle of runs as well.
                    long least = backlog.sessions().stream()
                            .mapToLong(one -> one.cursor)
                            .min()
                            .orElseThrow();
                    long most = client(id).channel.position();
                    least = Math.max(least, client(id).joined);
                    if (most >= least) attach(id, least + (long) (random.nextDouble() * (most - least + 1)));
                }
                case 1 -> attach(id, null);
                default -> read(id, random);
            }
            if (step % 60 == 59) clients.keySet().forEach(this::readAll);
        }
        clients.keySet().forEach(this::readAll);
        for (var client : clients.values()) assertThat(client.noted).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void whatDoesNotFitIsCountedToThePrint(long seed) {
        var random = new Random(seed);
        backlog = backlog(64 << 10);
        for (int i = 0; i < 4; i++) attach("c" + i, null);
        for (int step = 0; step < 200; step++) {
            say(random, 0.2);
            var id = "c" + random.nextInt(4);
            if (random.nextInt(3) == 0) read(id, random);
            // A quarter more for what comes while the kernel is asked to wait.
            assertThat(backlog.bytes()).isLessThanOrEqualTo(80 << 10);
        }
        clients.keySet().forEach(this::readAll);
        for (var one : clients.entrySet()) {
            long all = said.stream()
                    .filter(it -> it.to == null || it.to.equals(one.getKey()))
                    .count();
            assertThat(one.getValue().pieces + one.getValue().noted).isEqualTo(all);
        }
        assertThat(client("c0").noted).isPositive();
    }

    private void say(Random random, double turns) {
        var name = "stdout";
        int count = random.nextInt(200);
        for (int i = 0; i < count; i++) {
            if (random.nextDouble() < turns) name = random.nextBoolean() ? "stdout" : "stderr";
            if (random.nextDouble() < 0.005) endCell();
            if (random.nextDouble() < 0.01 && cell == null) beginCell("c" + random.nextInt(clients.size()));
            print(name, random.nextInt(10) == 0 ? "\"é\\\n😀" : random.nextInt(1 << random.nextInt(20)) + "\n");
        }
    }

    private void beginCell(String owner) {
        cell = new Execution("cell" + said.size(), owner, new byte[] {'{', '}'}, backlog.next());
        requests.begins(cell);
    }

    private void endCell() {
        var ending = cell;
        if (ending == null) return;
        ending.reply = add("execute_reply", "", "", ending, ending.owner);
        ending.idle = add("status", "", "", ending, null);
        cell = null;
    }

    private void print(String name, String text) {
        add("stream", name, text, cell, null);
    }

    private long add(String type, String name, String text, @Nullable Execution execution, @Nullable String to) {
        var parent = execution == null ? "none" : execution.msgId;
        var header = Map.of("session", LONG_NAME, "msg_id", "m" + said.size(), "msg_type", type);
        var message = V1.of(
                to == null ? ChannelName.IOPUB : ChannelName.SHELL,
                JSON.writeValueAsBytes(header),
                JSON.writeValueAsBytes(Map.of("session", LONG_NAME, "msg_id", parent)),
                new byte[] {'{', '}'},
                JSON.writeValueAsBytes(Map.of("name", name, "text", text)),
                List.of());
        backlog.beforeAppend(0);
        said.add(new Said(name, text, execution, to));
        long seq = backlog.append(message, type, parent, execution, to, 0).seq;
        backlog.settle(0);
        return seq;
    }

    private void attach(String id, @Nullable Long after) {
        var session = backlog.arrive(id, after, 0);
        var before = clients.get(id);
        var conversation = new Conversation(loop, LineLimits.DEFAULT, Clock.systemUTC(), synthetic);
        var channel = new LineChannel(conversation, session, () -> {}, false, 0);
        session.channel = channel;
        var adopted = before == null ? new HashSet<>(requests.executions()) : before.adopted;
        var client = new Client(channel, before == null ? backlog.next() - 1 : before.joined, adopted);
        if (before != null) client.pieces = before.pieces;
        clients.put(id, client);
    }

    /// Takes some and says so of a part of it.
    private void read(String id, Random random) {
        var batch = new ArrayList<>(fill(id));
        if (batch.isEmpty()) return;
        long had = batch.get(random.nextInt(batch.size())).seq;
        backlog.delivered(client(id).channel, had, had, 0);
        backlog.settle(0);
    }

    private void readAll(String id) {
        for (var batch = fill(id); !batch.isEmpty(); batch = fill(id)) {
            backlog.delivered(client(id).channel, batch.getLast().seq, batch.getLast().seq, 0);
            backlog.settle(0);
        }
        expectNothing(id, client(id).has, backlog.next(), client(id).noted > 0);
    }

    private ArrayDeque<Entry> fill(String id) {
        var client = client(id);
        var batch = new ArrayDeque<Entry>();
        backlog.fill(client.channel, batch);
        boolean lossy = client.noted > 0;
        for (var entry : batch) {
            if (entry.to == null && entry.parentId.isEmpty()) {
                var words = NOTE.matcher(text(entry));
                assertThat(words.matches()).isTrue();
                client.noted += Long.parseLong(words.group(1));
                lossy = true;
            } else {
                expectNothing(id, client.has, entry.first, lossy);
                expect(id, entry);
                client.pieces += entry.pieces();
            }
            client.has = entry.seq;
        }
        return batch;
    }

    private void expect(String id, Entry entry) {
        var first = said(entry.first);
        var texts = new StringBuilder();
        for (long seq = entry.first; seq <= entry.seq; seq++) {
            assertThat(said(seq).name).isEqualTo(first.name);
            assertThat(said(seq).execution).isSameAs(first.execution);
            assertThat(sees(id, seq)).as("%d is for %s", seq, id).isTrue();
            texts.append(said(seq).text);
        }
        assertThat(entry.first).isGreaterThan(client(id).has);
        assertThat(text(entry)).isEqualTo(texts.toString());
        assertThat(entry.seq - entry.first + 1).isEqualTo(entry.pieces());
    }

    private void expectNothing(String id, long after, long before, boolean lossy) {
        for (long seq = after + 1; seq < before && !lossy; seq++)
            assertThat(sees(id, seq)).as("%d was left out for %s", seq, id).isFalse();
    }

    private boolean sees(String id, long seq) {
        var one = said(seq);
        var client = client(id);
        boolean there = seq > client.joined || one.execution != null && client.adopted.contains(one.execution);
        return there && (one.to == null || one.to.equals(id));
    }

    private Said said(long seq) {
        return said.get((int) (seq - BASE - 1));
    }

    private Client client(String id) {
        return requireNonNull(clients.get(id));
    }

    private static String text(Entry entry) {
        var message = V1.read(entry.v1);
        var content = new String(entry.v1, message.start(V1.CONTENT), message.length(V1.CONTENT), UTF_8);
        return JSON.readTree(content).get("text").stringValue();
    }

    private static String id(Entry entry) {
        return V1.read(entry.v1).header().msgId();
    }

    private Backlog backlog(long ringBytes) {
        var limits = new LineLimits(ringBytes, Duration.ofHours(1), Duration.ofSeconds(10), 64 << 10);
        return new Backlog(limits, requests, synthetic, BASE);
    }
}

package sluice.kernels.line;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import sluice.kernels.link.NodeDesk;
import sluice.kernels.link.Orders;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.V1;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// A client as the link sees it: pulls messages, says what it has got.
final class TestClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final String session;
    final NodeDesk.Channel channel;
    private final Semaphore bell = new Semaphore(0);
    long last;

    /// Whether it says that it has what it takes.
    boolean confirms = true;

    /// A message as a client reads it.
    record Seen(long seq, String channel, String type, String parent, JsonNode content, V1 message) {
        String text() {
            var text = content.get("text");
            return text == null ? "" : text.stringValue();
        }
    }

    TestClient(KernelLine line, String session) {
        this(line, session, null, false);
    }

    TestClient(KernelLine line, String session, @Nullable Long after, boolean dropBuffers) {
        this.session = session;
        this.channel =
                line.attach(new Orders.OpenKernel("kernel", "k", session, after, dropBuffers), () -> bell.release());
    }

    String execute(String code) {
        return send(
                ChannelName.SHELL,
                "execute_request",
                Map.of(
                        "code",
                        code,
                        "silent",
                        false,
                        "store_history",
                        true,
                        "allow_stdin",
                        true,
                        "stop_on_error",
                        true,
                        "user_expressions",
                        Map.of()));
    }

    String send(ChannelName to, String type, Map<String, Object> content, byte[]... buffers) {
        var id = UUID.randomUUID().toString();
        var header = JSON.writeValueAsBytes(Map.of(
                "msg_id",
                id,
                "msg_type",
                type,
                "session",
                session,
                "username",
                "t",
                "version",
                "5.3",
                "date",
                "2026-01-01T00:00:00.000000Z"));
        var none = new byte[] {'{', '}'};
        channel.received(V1.of(to, header, none, none, JSON.writeValueAsBytes(content), List.of(buffers))
                .bytes());
        return id;
    }

    /// The next message, acknowledged.
    Seen take() throws Exception {
        var seen = takeSilently();
        channel.delivered(seen.seq, confirms ? seen.seq : 0);
        return seen;
    }

    /// The next message; the line does not hear that it arrived.
    Seen takeSilently() throws Exception {
        return seen(raw());
    }

    NodeDesk.Channel.Message raw() throws Exception {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var message = channel.poll();
            if (message != null) return message;
            if (channel.ended() != null) throw new IllegalStateException("ended: " + channel.ended());
            if (!bell.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS))
                throw new TimeoutException("no message within " + PATIENCE);
        }
    }

    /// Everything up to the first message that fits, with it.
    List<Seen> takeUntil(Predicate<Seen> last) throws Exception {
        var all = new ArrayList<Seen>();
        do all.add(take());
        while (!last.test(all.getLast()));
        return all;
    }

    /// Everything until the request has had both its reply and its idle.
    List<Seen> takeAnswerTo(String request) throws Exception {
        var reply = new boolean[2];
        return takeUntil(seen -> {
            if (!seen.parent.equals(request)) return false;
            if (seen.type.endsWith("_reply")) reply[0] = true;
            if (seen.type.equals("status")
                    && seen.content.get("execution_state").stringValue().equals("idle")) reply[1] = true;
            return reply[0] && reply[1];
        });
    }

    Orders.Closed awaitEnd() throws Exception {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var message = channel.poll();
            if (message != null) continue;
            var end = channel.ended();
            if (end != null) return end;
            if (!bell.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS))
                throw new TimeoutException("not ended within " + PATIENCE);
        }
    }

    /// What is there now.
    List<Seen> drain() {
        var all = new ArrayList<Seen>();
        for (var message = channel.poll(); message != null; message = channel.poll()) {
            all.add(seen(message));
            channel.delivered(message.seq(), message.seq());
        }
        return all;
    }

    private Seen seen(NodeDesk.Channel.Message message) {
        last = message.seq();
        var v1 = V1.read(message.v1());
        return new Seen(
                message.seq(),
                v1.channel().orElseThrow().text(),
                v1.header().msgType(),
                v1.parent().msgId(),
                JSON.readTree(v1.bytes(), v1.start(V1.CONTENT), v1.length(V1.CONTENT)),
                v1);
    }

    static String text(List<Seen> seen) {
        var text = new StringBuilder();
        seen.stream().filter(one -> one.type.equals("stream")).forEach(one -> text.append(one.text()));
        return text.toString();
    }

    @Override
    public void close() {
        channel.close();
    }
}

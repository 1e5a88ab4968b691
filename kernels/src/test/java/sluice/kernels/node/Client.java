package sluice.kernels.node;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import sluice.kernels.link.NodeDesk;
import sluice.kernels.link.Orders;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.V1;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Somebody with a notebook open, as the desk sees them.
final class Client implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String session = UUID.randomUUID().toString();
    private final Semaphore bell = new Semaphore(0);
    private final NodeDesk.Channel channel;

    record Seen(String type, String parent, JsonNode content) {
        String text() {
            return content.path("text").asString("");
        }

        boolean says(String state) {
            return type.equals("status")
                    && content.path("execution_state").asString("").equals(state);
        }
    }

    Client(NodeDesk desk, String kernel) {
        this.channel =
                desk.openKernel(new Orders.OpenKernel("kernel", kernel, session, null, false), () -> bell.release());
    }

    /// Runs a cell; what it prints, and its error.
    String run(String code) throws Exception {
        var id = send(code);
        var out = new StringBuilder();
        var reply = new boolean[2];
        takeUntil(seen -> {
            if (!seen.parent().equals(id)) return false;
            if (seen.type().equals("stream")) out.append(seen.text());
            if (seen.type().equals("execute_reply") && seen.content().has("ename"))
                out.append("%s %s"
                        .formatted(
                                seen.content().path("ename").asString(""),
                                seen.content().path("evalue").asString("")));
            if (seen.type().equals("execute_reply")) reply[0] = true;
            if (seen.says("idle")) reply[1] = true;
            return reply[0] && reply[1];
        });
        return out.toString().strip();
    }

    /// Starts a cell.
    String send(String code) {
        var id = UUID.randomUUID().toString();
        var header = JSON.writeValueAsBytes(Map.of(
                "msg_id", id,
                "msg_type", "execute_request",
                "session", session,
                "username", "t",
                "version", "5.3",
                "date", "2026-01-01T00:00:00.000000Z"));
        var none = new byte[] {'{', '}'};
        var content = JSON.writeValueAsBytes(
                Map.of("code", code, "silent", false, "store_history", true, "user_expressions", Map.of()));
        channel.received(
                V1.of(ChannelName.SHELL, header, none, none, content, List.of()).bytes());
        return id;
    }

    /// Everything up to the first message that fits, with it.
    List<Seen> takeUntil(Predicate<Seen> last) throws Exception {
        var all = new ArrayList<Seen>();
        do all.add(take());
        while (!last.test(all.getLast()));
        return all;
    }

    private Seen take() throws Exception {
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var message = channel.poll();
            if (message != null) {
                channel.delivered(message.seq(), message.seq());
                var v1 = V1.read(message.v1());
                return new Seen(
                        v1.header().msgType(),
                        v1.parent().msgId(),
                        JSON.readTree(v1.bytes(), v1.start(V1.CONTENT), v1.length(V1.CONTENT)));
            }
            if (channel.ended() != null) throw new IllegalStateException("ended: " + channel.ended());
            if (!bell.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS))
                throw new TimeoutException("no message within " + PATIENCE);
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}

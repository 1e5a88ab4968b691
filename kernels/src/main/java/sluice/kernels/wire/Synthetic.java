package sluice.kernels.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.ObjectMapper;

/// Messages that we make up ourselves.
/// See https://jupyter-client.readthedocs.io/en/stable/messaging.html
public final class Synthetic {
    public static final byte[] NO_PARENT = {'{', '}'};

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Clock clock;
    private final String session = UUID.randomUUID().toString();

    public Synthetic(Clock clock) {
        this.clock = clock;
    }

    /// The session our own requests carry.
    public String session() {
        return session;
    }

    public V1 status(String executionState, byte[] parent) {
        return message(ChannelName.IOPUB, "status", parent, Map.of("execution_state", executionState));
    }

    public V1 stderr(String text, byte[] parent) {
        return message(ChannelName.IOPUB, "stream", parent, Map.of("name", "stderr", "text", text));
    }

    public V1 deadReply(String reason, byte[] parent) {
        return message(
                ChannelName.SHELL,
                "execute_reply",
                parent,
                Map.of(
                        "status",
                        "error",
                        "execution_count",
                        0,
                        "ename",
                        "DeadKernelError",
                        "evalue",
                        reason,
                        "traceback",
                        List.of()));
    }

    /// A request of our own, under the given id.
    public V1 request(ChannelName channel, String msgType, String msgId, Map<String, Object> content) {
        return of(channel, header(msgType, msgId), NO_PARENT, content);
    }

    /// A message about a request.
    /// @param parent the request's header, byte by byte
    public V1 message(ChannelName channel, String msgType, byte[] parent, Map<String, Object> content) {
        return of(channel, header(msgType, UUID.randomUUID().toString()), parent, content);
    }

    /// A header of ours, for what nobody else asked for.
    public byte[] ownParent() {
        return header("kernel_info_request", UUID.randomUUID().toString());
    }

    private byte[] header(String msgType, String msgId) {
        return JSON.writeValueAsBytes(Map.of(
                "msg_id",
                msgId,
                "msg_type",
                msgType,
                "username",
                "sluice",
                "session",
                session,
                "date",
                clock.instant().toString(),
                "version",
                "5.3"));
    }

    private static V1 of(ChannelName channel, byte[] header, byte[] parent, Map<String, Object> content) {
        return V1.of(channel, header, parent, "{}".getBytes(UTF_8), JSON.writeValueAsBytes(content), List.of());
    }
}

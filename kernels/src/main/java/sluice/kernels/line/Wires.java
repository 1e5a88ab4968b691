package sluice.kernels.line;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.wire.BadMessage;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.ConnectionInfo;
import sluice.kernels.wire.Signer;
import sluice.kernels.wire.Synthetic;
import sluice.kernels.wire.V1;
import sluice.kernels.zmtp.Frames;
import sluice.kernels.zmtp.ZmtpLimits;
import sluice.kernels.zmtp.ZmtpLoop;
import sluice.kernels.zmtp.ZmtpSocket;

/// The four sockets to one process of a kernel. State is touched on the loop's thread only; sending works from any.
final class Wires implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Wires.class);
    private static final List<ChannelName> CHANNELS =
            List.of(ChannelName.IOPUB, ChannelName.SHELL, ChannelName.CONTROL, ChannelName.STDIN);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final long LONGEST_RETRY_MILLIS = 1000;
    private static final long LONGEST_NUDGE_MILLIS = 30_000;

    interface Owner {
        void arrived(Wires from, List<Incoming> messages);

        void lost(Wires from);
    }

    private final String kernelId;
    private final ZmtpLoop loop;
    private final ConnectionInfo info;
    private final Signer signer;
    private final Synthetic synthetic;
    private final Owner owner;
    private final byte[] identity;
    private final Map<ChannelName, ZmtpSocket> sockets = new ConcurrentHashMap<>();
    private final EnumSet<ChannelName> ready = EnumSet.noneOf(ChannelName.class);
    private final EnumMap<ChannelName, Long> retries = new EnumMap<>(ChannelName.class);
    private final Map<String, CompletableFuture<Void>> asked = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private final CompletableFuture<Void> shellAnswered = new CompletableFuture<>();
    private List<Incoming> turn = new ArrayList<>();
    private boolean heardIopub;
    private boolean heardAnswer;
    private boolean open;
    private long nudgeMillis = 50;
    private long rejected;
    private long lastWarning = System.nanoTime() - MINUTE.toNanos();
    private volatile boolean closed;

    Wires(String kernelId, ZmtpLoop loop, ConnectionInfo info, Synthetic synthetic, Owner owner) {
        this.kernelId = kernelId;
        this.loop = loop;
        this.info = info;
        this.signer = Signer.of(info);
        this.synthetic = synthetic;
        this.owner = owner;
        // The same after this node was restarted, so that replies to what was asked before still find us.
        this.identity = ("sluice-" + kernelId).getBytes(US_ASCII);
    }

    /// All sockets speak ZeroMQ and the subscription is made.
    CompletableFuture<Void> connected() {
        return connected;
    }

    /// The kernel answered and its iopub was heard: nothing that it says from now on is missed.
    CompletableFuture<Void> answered() {
        return answered;
    }

    /// The kernel has nothing else to do than to answer.
    CompletableFuture<Void> shellAnswered() {
        return shellAnswered;
    }

    /// Connects; a kernel that is found at work may take its time to answer.
    void open(Duration within, boolean mayBeBusy) {
        for (var channel : CHANNELS) connect(channel, within);
        loop.after(within, () -> {
            if (!mayBeBusy || !connected.isDone())
                fail("the kernel did not answer within " + within.toMillis() + " ms");
        });
    }

    /// Signs and sends a message of a client or of our own.
    boolean send(ChannelName channel, V1 message) {
        var socket = sockets.get(channel);
        if (socket == null || closed) return false;
        var signature = signer.sign(message.bytes(), message.start(V1.HEADER), message.end(V1.CONTENT));
        var frames = new Frames().add(Ear.DELIMITER).add(signature);
        message.addTo(frames);
        return socket.send(frames);
    }

    /// Sends a request of our own; completes when it is answered.
    CompletableFuture<Void> ask(ChannelName channel, String msgType, Map<String, Object> content) {
        var id = UUID.randomUUID().toString();
        var answer = new CompletableFuture<Void>();
        asked.put(id, answer);
        if (!send(channel, synthetic.request(channel, msgType, id, content))) {
            asked.remove(id);
            answer.completeExceptionally(new IllegalStateException("the kernel is not connected"));
        }
        return answer;
    }

    void pauseIopub() {
        var socket = sockets.get(ChannelName.IOPUB);
        if (socket != null) socket.pause();
    }

    void resumeIopub() {
        var socket = sockets.get(ChannelName.IOPUB);
        if (socket != null) socket.resume();
    }

    @Override
    public void close() {
        closed = true;
        sockets.values().forEach(ZmtpSocket::close);
        var gone = new IllegalStateException("the kernel was disconnected");
        connected.completeExceptionally(gone);
        answered.completeExceptionally(gone);
        asked.values().forEach(answer -> answer.completeExceptionally(gone));
        asked.clear();
    }

    private void connect(ChannelName channel, Duration within) {
        var kind = channel == ChannelName.IOPUB ? ZmtpSocket.Kind.SUB : ZmtpSocket.Kind.DEALER;
        var socket =
                loop.connect(kind, identity, info.endpoint(channel), within, ZmtpLimits.DEFAULT, listener(channel));
        sockets.put(channel, socket);
        if (closed) socket.close();
    }

    private ZmtpSocket.Listener listener(ChannelName channel) {
        var ear = new Ear(channel, signer);
        return new ZmtpSocket.Listener() {
            @Override
            public void ready() {
                Wires.this.ready(channel);
            }

            @Override
            public void message(Frames parts) {
                read(ear, channel, parts);
            }

            @Override
            public byte[] roomForLast(Frames before, int length) {
                return ear.roomForLast(before, length);
            }

            @Override
            public void turned() {
                Wires.this.turned();
            }

            @Override
            public void closed(String reason) {
                Wires.this.ended(channel, reason);
            }
        };
    }

    private void ready(ChannelName channel) {
        if (closed) return;
        ready.add(channel);
        if (ready.size() < CHANNELS.size() || open) return;
        open = true;
        connected.complete(null);
        ask(ChannelName.SHELL, "kernel_info_request", Map.of()).thenRun(() -> {
            shellAnswered.complete(null);
            heard();
        });
        nudge();
    }

    /// Control is answered even by a kernel whose shell is busy. Asking again makes iopub speak, if the subscription
    /// came too late for the first time.
    private void nudge() {
        if (closed || answered.isDone()) return;
        ask(ChannelName.CONTROL, "kernel_info_request", Map.of()).thenRun(this::heard);
        loop.after(Duration.ofMillis(nudgeMillis), this::nudge);
        nudgeMillis = Math.min(LONGEST_NUDGE_MILLIS, 2 * nudgeMillis);
    }

    private void heard() {
        heardAnswer = true;
        if (heardIopub) answered.complete(null);
    }

    private void read(Ear ear, ChannelName channel, Frames frames) {
        if (closed) return;
        try {
            heard(ear.hear(frames));
        } catch (BadMessage e) {
            rejected++;
            if (!mayWarn()) return;
            LOG.warn(
                    "Kernel {}: dropped a message on {}: {}; {} so far",
                    kernelId,
                    channel.text(),
                    e.getMessage(),
                    rejected);
        }
    }

    private void heard(Incoming incoming) {
        if (incoming.channel() == ChannelName.IOPUB && !heardIopub) {
            heardIopub = true;
            if (heardAnswer) answered.complete(null);
        }
        var parent = incoming.parent();
        if (parent.session().equals(synthetic.session())) {
            if (incoming.channel() != ChannelName.IOPUB) {
                var answer = asked.remove(parent.msgId());
                if (answer != null) answer.complete(null);
                return;
            }
            // Clients never asked this and must not see it. Of a shutdown they shall hear.
            if (!parent.msgType().equals("shutdown_request")) return;
        }
        if (!incoming.header().msgType().equals("iopub_welcome")) turn.add(incoming);
    }

    private void turned() {
        if (turn.isEmpty() || closed) return;
        var messages = turn;
        turn = new ArrayList<>();
        owner.arrived(this, messages);
    }

    private void ended(ChannelName channel, String reason) {
        if (closed) return;
        if (!open) {
            fail("its " + channel.text() + " socket failed: " + reason);
            return;
        }
        ready.remove(channel);
        if (!ready.contains(ChannelName.SHELL) && !ready.contains(ChannelName.IOPUB)) {
            fail("it closed its sockets: " + reason);
            close();
            owner.lost(this);
            return;
        }
        // Data that a dead kernel left must be read before its end is seen.
        if (channel == ChannelName.SHELL) resumeIopub();
        long wait = retries.merge(channel, 20L, (before, first) -> Math.min(LONGEST_RETRY_MILLIS, 2 * before));
        loop.after(Duration.ofMillis(wait), () -> again(channel, reason));
    }

    private void again(ChannelName channel, String reason) {
        if (closed) return;
        if (mayWarn())
            LOG.warn("Kernel {}: lost its {} socket, connecting again: {}", kernelId, channel.text(), reason);
        connect(channel, Duration.ofSeconds(10));
    }

    private void fail(String reason) {
        if (answered.isDone()) return;
        var problem = new IllegalStateException("Cannot talk to kernel " + kernelId + ": " + reason);
        connected.completeExceptionally(problem);
        answered.completeExceptionally(problem);
    }

    /// A kernel may misbehave a thousand times a second; the log hears of it once a minute.
    private boolean mayWarn() {
        long now = System.nanoTime();
        if (now - lastWarning < MINUTE.toNanos()) return false;
        lastWarning = now;
        return true;
    }
}

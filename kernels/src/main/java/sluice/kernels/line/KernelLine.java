package sluice.kernels.line;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.link.NodeDesk;
import sluice.kernels.link.Orders;
import sluice.kernels.wire.BadMessage;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.ConnectionInfo;
import sluice.kernels.wire.HeaderFields;
import sluice.kernels.wire.V1;
import sluice.kernels.zmtp.ZmtpLoop;

/// One kernel's conversation with its clients, over restarts of its process. Clients attach and leave as they like;
/// the sockets to the kernel are made once for each process.
public final class KernelLine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KernelLine.class);
    private static final Duration TIDY_EVERY = Duration.ofMinutes(1);

    /// Whoever waits for us may block; the loop's thread must not.
    private static final Executor ELSEWHERE = Thread::startVirtualThread;

    public interface Listener {
        /// The kernel closed its sockets: it died or was killed. Told once for each process, on a thread of its own.
        void lost();
    }

    public record State(String executionState, Instant lastActivity, int connections) {}

    private final String kernelId;
    private final ZmtpLoop loop;
    private final LineLimits limits;
    private final Clock clock;
    private final Listener listener;
    private final Synthetic synthetic;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock, as is everything they hold.
    private final Backlog backlog;
    private final Activity activity;
    private final Switchboard board;
    private final Unsent unsent = new Unsent();
    private final List<NodeDesk.Channel.Bell> bells = new ArrayList<>();
    private @Nullable Wires wires;
    private boolean talking;
    private boolean paused;
    private boolean tidies;
    private boolean watchesStall;
    private Orders.@Nullable Closed over;

    public KernelLine(String kernelId, ZmtpLoop loop, LineLimits limits, Clock clock, Listener listener) {
        this.kernelId = kernelId;
        this.loop = loop;
        this.limits = limits;
        this.clock = clock;
        this.listener = listener;
        this.synthetic = new Synthetic(clock);
        this.activity = new Activity(clock.instant());
        var requests = new Requests();
        // A million messages for each millisecond: no later life of the node gives a number twice.
        this.backlog = new Backlog(limits, requests, synthetic, clock.millis() << 20);
        this.board = new Switchboard(requests, backlog, activity, synthetic);
    }

    /// Connects to a kernel that is being started. Done when nothing that it says from then on can be missed; the
    /// state is then `idle`, and what clients have sent meanwhile is on its way.
    public CompletableFuture<Void> connect(ConnectionInfo info, Duration deadline) {
        return open(info, deadline, false);
    }

    /// Connects to a kernel that may have been at work for long. Done as soon as its sockets speak; the state is
    /// `busy` until it says otherwise.
    public CompletableFuture<Void> adopt(ConnectionInfo info, Duration deadline) {
        return open(info, deadline, true);
    }

    /// Opens a client's channel. Call `poll` once to begin; the bell rings only after it gave null.
    public NodeDesk.Channel attach(Orders.OpenKernel order, NodeDesk.Channel.Bell bell) {
        lock.lock();
        try {
            var session = backlog.arrive(order.session(), order.after(), System.nanoTime());
            var before = session.channel;
            if (before != null) {
                before.end(new Orders.Closed("replaced", "another websocket took this session over"), true);
                bells.add(before.bell());
            }
            var channel = new LineChannel(this, session, bell, order.dropBuffers(), limits.streamMergeBytes());
            session.channel = channel;
            if (over != null) channel.end(over, false);
            return channel;
        } finally {
            unlock();
        }
    }

    public State state() {
        lock.lock();
        try {
            int connections = 0;
            for (var session : backlog.sessions()) if (session.channel != null) connections++;
            return new State(activity.state(), activity.last(), connections);
        } finally {
            lock.unlock();
        }
    }

    /// A process is about to be started.
    public void starting() {
        change(now -> {
            over = null;
            activity.become("starting", clock.instant());
            if (anybody()) board.status("starting", Synthetic.NO_PARENT, now);
        });
    }

    /// The process is gone or about to go, another will come. Whoever waits for a reply gets one that says why.
    public void restarting(String reason) {
        change(now -> {
            hangUp(reason, now);
            activity.become("restarting", clock.instant());
            board.status("restarting", Synthetic.NO_PARENT, now);
        });
    }

    /// The process is gone and no other will come by itself.
    public void died(String reason) {
        finish(new Orders.Closed("dead", reason));
    }

    /// Somebody shut the kernel down, or it was culled.
    public void deleted() {
        finish(new Orders.Closed("gone", "the kernel was shut down"));
    }

    /// Says something to everybody, where possible in the cell that is running.
    public void note(String text) {
        change(now -> board.note(text, now));
    }

    /// Done when the kernel said that it will go.
    public CompletableFuture<Void> requestShutdown(boolean restart) {
        return ask("shutdown_request", Map.of("restart", restart));
    }

    /// For kernels that are interrupted by a message. Done when the kernel has answered.
    public CompletableFuture<Void> requestInterrupt() {
        return ask("interrupt_request", Map.of());
    }

    /// Lets go of the kernel without a word to it.
    @Override
    public void close() {
        change(now -> {
            disconnect();
            endChannels(new Orders.Closed("closed", "the node is stopping"));
        });
    }

    private CompletableFuture<Void> open(ConnectionInfo info, Duration deadline, boolean mayBeBusy) {
        var fresh = new Wires(kernelId, loop, info, synthetic, new FromKernel());
        change(now -> {
            disconnect();
            wires = fresh;
            over = null;
        });
        var result = new CompletableFuture<Void>();
        var done = mayBeBusy ? fresh.connected() : fresh.answered();
        done.whenComplete((ok, problem) -> {
            if (problem == null) begin(fresh, mayBeBusy);
            else drop(fresh);
            ELSEWHERE.execute(() -> {
                if (problem == null) result.complete(null);
                else result.completeExceptionally(problem);
            });
        });
        if (mayBeBusy) fresh.shellAnswered().thenRun(() -> change(now -> activity.answers()));
        fresh.open(deadline, mayBeBusy);
        return result;
    }

    private void begin(Wires fresh, boolean mayBeBusy) {
        change(now -> {
            if (wires != fresh) return;
            if (mayBeBusy) {
                activity.presumeBusy(clock.instant());
            } else {
                activity.become("idle", clock.instant());
                // Whoever saw it restart shall see that it is back. A parent keeps simple clients from stumbling.
                if (anybody()) board.status("idle", synthetic.header("kernel_info_request", kernelId), now);
            }
            talking = true;
            unsent.sendTo(fresh);
        });
    }

    private void drop(Wires gone) {
        change(now -> {
            if (wires == gone) disconnect();
        });
    }

    private void disconnect() {
        var before = wires;
        wires = null;
        talking = false;
        paused = false;
        if (before != null) before.close();
    }

    private void hangUp(String reason, long now) {
        disconnect();
        board.answerPending(reason, now);
        unsent.forgetExecutions();
    }

    private void finish(Orders.Closed why) {
        change(now -> {
            hangUp(why.reason(), now);
            unsent.clear();
            activity.become("dead", clock.instant());
            board.status("dead", Synthetic.NO_PARENT, now);
            endChannels(why);
        });
    }

    private void endChannels(Orders.Closed why) {
        over = why;
        for (var session : backlog.sessions()) {
            var channel = session.channel;
            if (channel == null) continue;
            channel.end(why, false);
            bells.add(channel.bell());
        }
    }

    private CompletableFuture<Void> ask(String msgType, Map<String, Object> content) {
        Wires now;
        lock.lock();
        try {
            now = wires;
        } finally {
            lock.unlock();
        }
        if (now == null)
            return CompletableFuture.failedFuture(new IllegalStateException("the kernel is not connected"));
        return now.ask(ChannelName.CONTROL, msgType, content).thenApplyAsync(answer -> answer, ELSEWHERE);
    }

    private boolean anybody() {
        return !backlog.sessions().isEmpty();
    }

    // What channels call.

    void fill(LineChannel channel, ArrayDeque<Entry> into) {
        lock.lock();
        try {
            backlog.fill(channel, into);
        } finally {
            lock.unlock();
        }
    }

    boolean behind(LineChannel channel) {
        lock.lock();
        try {
            return backlog.behind(channel);
        } finally {
            lock.unlock();
        }
    }

    boolean replaced(LineChannel channel) {
        lock.lock();
        try {
            return channel.replaced();
        } finally {
            lock.unlock();
        }
    }

    Orders.@Nullable Closed ended(LineChannel channel) {
        lock.lock();
        try {
            var why = channel.closed();
            return why == null || channel.replaced() || !backlog.hasMore(channel) ? why : null;
        } finally {
            lock.unlock();
        }
    }

    void delivered(LineChannel channel, long seq) {
        change(now -> backlog.delivered(channel, seq, now));
    }

    void detach(LineChannel channel) {
        change(now -> {
            var session = channel.session();
            if (session.channel != channel) return;
            session.channel = null;
            session.left = now;
        });
    }

    byte[] buffersNote(V1 message) {
        var parent = Arrays.copyOfRange(message.bytes(), message.start(V1.PARENT), message.end(V1.PARENT));
        return synthetic
                .stderr(
                        "[sluice] binary buffers were left out: this client cannot take them. Connect with the"
                                + " subprotocol v1.kernel.websocket.jupyter.org to get them\n",
                        parent)
                .bytes();
    }

    void received(LineChannel channel, byte[] bytes) {
        try {
            var message = V1.read(bytes);
            var header = message.header();
            var to = message.channel().orElseThrow(() -> new BadMessage("no such channel"));
            if (to == ChannelName.IOPUB || to == ChannelName.HB)
                throw new BadMessage("nothing is sent on " + to.text());
            received(channel, to, message, header);
        } catch (BadMessage e) {
            LOG.debug("Kernel {}: ignored a message of session {}: {}", kernelId, channel.session().id, e.getMessage());
        }
    }

    private void received(LineChannel channel, ChannelName to, V1 message, HeaderFields header) {
        Wires way = null;
        boolean taken = true;
        lock.lock();
        try {
            if (over != null || channel.replaced()) return;
            board.asks(message, header, to, channel.session().id);
            if (talking) way = wires;
            else taken = unsent.add(to, header.msgType(), message);
        } finally {
            lock.unlock();
        }
        if (way != null) taken = way.send(to, message);
        if (!taken) change(now -> board.refuse(header, now));
    }

    private interface Change {
        void at(long now);
    }

    /// Everything that may add messages or move a cursor goes through here: afterwards the ring is within its bounds
    /// and whoever has something to take is woken.
    private void change(Change change) {
        lock.lock();
        try {
            long now = System.nanoTime();
            long from = backlog.next();
            backlog.beforeAppend(now);
            change.at(now);
            boolean pause = backlog.settle(now);
            var current = wires;
            if (pause != paused && current != null) {
                paused = pause;
                if (pause) current.pauseIopub();
                else current.resumeIopub();
            }
            backlog.wake(from, channel -> bells.add(channel.bell()));
            tidyLater();
        } finally {
            unlock();
        }
    }

    /// Time alone lets messages grow too old and clients stall.
    private void tidyLater() {
        if (paused && !watchesStall) {
            watchesStall = true;
            loop.after(limits.stallAfter().dividedBy(4), () -> change(now -> watchesStall = false));
        }
        if (backlog.size() > 0 && !tidies) {
            tidies = true;
            loop.after(TIDY_EVERY, () -> change(now -> tidies = false));
        }
    }

    /// Bells ring outside the lock: whoever hears one comes straight back.
    private void unlock() {
        if (lock.getHoldCount() > 1 || bells.isEmpty()) {
            lock.unlock();
            return;
        }
        var due = List.copyOf(bells);
        bells.clear();
        lock.unlock();
        for (var bell : due) bell.ring();
    }

    private final class FromKernel implements Wires.Owner {
        @Override
        public void arrived(Wires from, List<Incoming> messages) {
            change(now -> {
                if (wires != from) return;
                var instant = clock.instant();
                for (var message : messages) board.heard(message, now, instant);
            });
        }

        @Override
        public void lost(Wires from) {
            change(now -> {
                if (wires == from) disconnect();
            });
            ELSEWHERE.execute(listener::lost);
        }
    }
}

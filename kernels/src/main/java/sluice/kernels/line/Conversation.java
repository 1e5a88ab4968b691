package sluice.kernels.line;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import sluice.kernels.link.NodeDesk;
import sluice.kernels.link.Orders;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.HeaderFields;
import sluice.kernels.wire.Synthetic;
import sluice.kernels.wire.V1;
import sluice.kernels.zmtp.ZmtpLoop;

/// What a line knows at a moment, under one lock that is held for short: messages, sessions, state, and the sockets
/// to the kernel while there is one.
final class Conversation {
    private static final Duration TIDY_EVERY = Duration.ofMinutes(1);

    private final ZmtpLoop loop;
    private final LineLimits limits;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock, as is everything they hold.
    private final Synthetic synthetic;
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
    private boolean deleted;
    private Orders.@Nullable Closed over;

    Conversation(ZmtpLoop loop, LineLimits limits, Clock clock, Synthetic synthetic) {
        this.loop = loop;
        this.limits = limits;
        this.clock = clock;
        this.synthetic = synthetic;
        this.activity = new Activity(clock.instant(), System::nanoTime);
        var requests = new Requests();
        // A million messages for each millisecond since the machine was started, which kernels do not outlive: no later
        // life of the node gives a number twice, however the clock is set.
        long base = System.nanoTime() / 1_000_000 << 20;
        this.backlog = new Backlog(limits, requests, synthetic, base);
        this.board = new Switchboard(requests, backlog, activity, synthetic);
    }

    // The kernel's side.

    void connecting(Wires fresh) {
        change(now -> {
            disconnect();
            wires = fresh;
            over = null;
        });
    }

    /// The kernel answers: what clients sent meanwhile goes out.
    void connected(Wires fresh) {
        change(now -> {
            if (wires != fresh) return;
            activity.become("idle", clock.instant());
            // Whoever saw it restart shall see that it is back. A parent keeps simple clients from stumbling.
            if (!backlog.sessions().isEmpty()) board.status("idle", synthetic.ownParent(), now);
            talkTo(fresh);
        });
    }

    /// The sockets of a kernel that was at work before us are there; it may be busy.
    void adopted(Wires fresh) {
        change(now -> {
            if (wires != fresh) return;
            activity.presumeBusy(clock.instant());
            backlog.awaitReturn(now);
            talkTo(fresh);
        });
    }

    void answers(Wires from) {
        change(now -> {
            if (wires == from) activity.answers();
        });
    }

    void arrived(Wires from, List<Incoming> messages) {
        change(now -> {
            if (wires != from) return;
            var instant = clock.instant();
            for (var message : messages) board.heard(message, now, instant);
        });
    }

    void disconnected(Wires gone) {
        change(now -> {
            if (wires == gone) disconnect();
        });
    }

    void starting() {
        change(now -> {
            // Since a kernel's end was told, or before its first answer, nothing was sent that could be lost.
            boolean waits = Set.of("starting", "restarting").contains(activity.state());
            if (waits) disconnect();
            else hangUp("the kernel was restarted", now);
            over = null;
            activity.become("starting", clock.instant());
            if (!backlog.sessions().isEmpty()) board.status("starting", Synthetic.NO_PARENT, now);
        });
    }

    void restarting(String reason) {
        change(now -> {
            hangUp(reason, now);
            activity.become("restarting", clock.instant());
            board.status("restarting", Synthetic.NO_PARENT, now);
        });
    }

    void finish(Orders.Closed why) {
        change(now -> end(why, now));
    }

    /// The kernel is gone for everybody; who is still attached hears it to the end.
    void delete(Orders.Closed why) {
        change(now -> {
            deleted = true;
            end(why, now);
        });
    }

    void leave(Orders.Closed why) {
        change(now -> {
            disconnect();
            endChannels(why);
        });
    }

    void note(String text) {
        change(now -> board.note(text, now));
    }

    @Nullable
    Wires wires() {
        lock.lock();
        try {
            return wires;
        } finally {
            lock.unlock();
        }
    }

    KernelLine.State state() {
        lock.lock();
        try {
            return new KernelLine.State(activity.state(), activity.last(), connections(), activity.busy());
        } finally {
            lock.unlock();
        }
    }

    /// Bytes of messages that are kept.
    long kept() {
        lock.lock();
        try {
            return backlog.bytes();
        } finally {
            lock.unlock();
        }
    }

    private int connections() {
        int connections = 0;
        for (var session : backlog.sessions()) if (session.channel != null) connections++;
        return connections;
    }

    private void talkTo(Wires fresh) {
        talking = true;
        unsent.sendTo(fresh);
    }

    private void end(Orders.Closed why, long now) {
        hangUp(why.reason(), now);
        unsent.clear();
        activity.become("dead", clock.instant());
        board.status("dead", Synthetic.NO_PARENT, now);
        endChannels(why);
    }

    private void hangUp(String reason, long now) {
        disconnect();
        board.answerPending(reason, now);
        unsent.forgetExecutions();
    }

    private void disconnect() {
        var before = wires;
        wires = null;
        talking = false;
        paused = false;
        if (before != null) before.close();
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

    // The clients' side.

    LineChannel attach(Orders.OpenKernel order, NodeDesk.Channel.Bell bell) {
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

    void delivered(LineChannel channel, long seq, long confirmed) {
        change(now -> backlog.delivered(channel, seq, confirmed, now));
    }

    void detach(LineChannel channel) {
        change(now -> {
            var session = channel.session();
            if (session.channel != channel) return;
            session.channel = null;
            session.left = now;
        });
    }

    /// Passes a client's message to the kernel, or keeps it until there is one.
    void received(LineChannel channel, ChannelName to, V1 message, HeaderFields header) {
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

    byte[] buffersNote(V1 message) {
        var parent = Arrays.copyOfRange(message.bytes(), message.start(V1.PARENT), message.end(V1.PARENT));
        var text = "[sluice] binary buffers were left out: this client cannot take them. Connect with the subprotocol"
                + " v1.kernel.websocket.jupyter.org to get them\n";
        return synthetic.stderr(text, parent).bytes();
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
            if (deleted && connections() == 0) backlog.clear();
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
            var look = backlog.pausedBriefly()
                    ? Duration.ofNanos(Backlog.PAUSE_AT_MOST + 1_000_000)
                    : limits.stallAfter().dividedBy(4);
            loop.after(look, () -> change(now -> watchesStall = false));
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
}

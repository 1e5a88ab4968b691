package sluice.kernels.line;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import sluice.kernels.link.NodeDesk;
import sluice.kernels.link.Orders;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.ConnectionInfo;
import sluice.kernels.wire.Synthetic;
import sluice.kernels.zmtp.ZmtpLoop;

/// One kernel's conversation with its clients, over restarts of its process. Clients attach and leave as they like;
/// the sockets to the kernel are made once for each process.
public final class KernelLine implements AutoCloseable {
    /// Whoever waits for us may block; the loop's thread must not.
    private static final Executor ELSEWHERE = Thread::startVirtualThread;

    public interface Listener {
        /// The kernel closed its sockets: it died or was killed. Told once for each process, on a thread of its own.
        void lost();
    }

    /// @param executionState `starting`, `idle`, `busy`, `restarting`, `dead`
    /// @param connections attached clients
    /// @param busy for how long cells have run in it, all in all, since this node knows it
    public record State(String executionState, Instant lastActivity, int connections, Duration busy) {}

    private final String kernelId;
    private final ZmtpLoop loop;
    private final Listener listener;
    private final Synthetic synthetic;
    private final Conversation conversation;

    public KernelLine(String kernelId, ZmtpLoop loop, LineLimits limits, Clock clock, Listener listener) {
        this.kernelId = kernelId;
        this.loop = loop;
        this.listener = listener;
        this.synthetic = new Synthetic(clock);
        this.conversation = new Conversation(loop, limits, clock, synthetic);
    }

    /// Connects to a kernel that is being started. Done when nothing that it says from then on can be missed; the
    /// state is then `idle`, and what clients have sent meanwhile is on its way.
    public CompletableFuture<Void> connect(ConnectionInfo info, Duration deadline) {
        var fresh = wires(info);
        var result = told(fresh, fresh.answered(), () -> conversation.connected(fresh));
        fresh.open(deadline, false);
        return result;
    }

    /// Connects to a kernel that may have been at work for long. Done as soon as its sockets speak; the state is
    /// `busy` until it says otherwise.
    public CompletableFuture<Void> adopt(ConnectionInfo info, Duration deadline) {
        var fresh = wires(info);
        var result = told(fresh, fresh.connected(), () -> conversation.adopted(fresh));
        fresh.shellAnswered().thenRun(() -> conversation.answers(fresh));
        fresh.open(deadline, true);
        return result;
    }

    /// Opens a client's channel. Call `poll` once to begin; the bell rings only after it gave null.
    public NodeDesk.Channel attach(Orders.OpenKernel order, NodeDesk.Channel.Bell bell) {
        return conversation.attach(order, bell);
    }

    public State state() {
        return conversation.state();
    }

    /// A process is about to be started.
    public void starting() {
        conversation.starting();
    }

    /// The process is gone or about to go, another will come. Whoever waits for a reply gets one that says why.
    public void restarting(String reason) {
        conversation.restarting(reason);
    }

    /// The process is gone and no other will come by itself.
    public void died(String reason) {
        conversation.finish(new Orders.Closed("dead", reason));
    }

    /// Somebody shut the kernel down, or it was culled.
    public void deleted() {
        conversation.delete(new Orders.Closed("gone", "the kernel was shut down"));
    }

    /// Bytes of messages that are kept for clients.
    long kept() {
        return conversation.kept();
    }

    /// Says something to everybody, where possible in the cell that is running.
    public void note(String text) {
        conversation.note(text);
    }

    /// Done when the kernel said that it will go; fails when it goes without a word.
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
        conversation.leave(new Orders.Closed("closed", "the node is stopping"));
    }

    private Wires wires(ConnectionInfo info) {
        var fresh = new Wires(kernelId, loop, info, synthetic, new FromKernel());
        conversation.connecting(fresh);
        return fresh;
    }

    /// The conversation goes on at once, on the loop's thread; the caller hears of it on another.
    private CompletableFuture<Void> told(Wires fresh, CompletableFuture<Void> done, Runnable begin) {
        var result = new CompletableFuture<Void>();
        done.whenComplete((nothing, problem) -> {
            if (problem == null) begin.run();
            else conversation.disconnected(fresh);
            ELSEWHERE.execute(() -> {
                if (problem == null) result.complete(null);
                else result.completeExceptionally(problem);
            });
        });
        return result;
    }

    private CompletableFuture<Void> ask(String msgType, Map<String, Object> content) {
        var wires = conversation.wires();
        if (wires == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("the kernel is not connected"));
        }
        return wires.ask(ChannelName.CONTROL, msgType, content).thenApplyAsync(answer -> answer, ELSEWHERE);
    }

    private final class FromKernel implements Wires.Owner {
        @Override
        public void arrived(Wires from, List<Incoming> messages) {
            conversation.arrived(from, messages);
        }

        @Override
        public void lost(Wires from) {
            conversation.disconnected(from);
            ELSEWHERE.execute(listener::lost);
        }
    }
}

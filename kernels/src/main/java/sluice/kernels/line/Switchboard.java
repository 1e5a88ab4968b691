package sluice.kernels.line;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.kernels.wire.BadMessage;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.HeaderFields;
import sluice.kernels.wire.Synthetic;
import sluice.kernels.wire.V1;

/// Decides whom a message is for and what it tells about the kernel. Guarded by the line's lock.
///
/// A reply or a question goes to the session that sent its parent; where that is not known (this node was restarted
/// since), to the session its parent names; where nobody by that name is known, to everybody: clients ignore answers
/// to what they never asked.
final class Switchboard {
    private final Requests requests;
    private final Backlog backlog;
    private final Activity activity;
    private final Synthetic synthetic;
    private final List<Entry> questions = new ArrayList<>();

    Switchboard(Requests requests, Backlog backlog, Activity activity, Synthetic synthetic) {
        this.requests = requests;
        this.backlog = backlog;
        this.activity = activity;
        this.synthetic = synthetic;
    }

    void heard(Incoming incoming, long now, Instant clock) {
        var parent = incoming.parent();
        switch (incoming.channel()) {
            case IOPUB -> published(incoming, now, clock);
            case STDIN -> questions.add(append(incoming, requests.execution(parent.msgId()), asker(parent), now));
            case SHELL, CONTROL -> replied(incoming, now);
            case HB -> {}
        }
    }

    private void published(Incoming incoming, long now, Instant clock) {
        var type = incoming.header().msgType();
        var parent = incoming.parent();
        var state = type.equals("status") ? executionState(incoming.message()) : "";
        // That it starts we have said ourselves; a kernel's own word of it may come after its first answer.
        if (state.equals("starting")) return;
        activity.saw(type, parent.msgType(), state, clock);
        var execution = requests.execution(parent.msgId());
        if (execution == null && state.equals("busy") && parent.msgType().equals("execute_request")) {
            execution = foreign(incoming);
        }
        var entry = append(incoming, execution, null, now);
        if (execution != null && state.equals("idle") && execution.idle == 0) execution.idle = entry.seq;
    }

    private void replied(Incoming incoming, long now) {
        var parent = incoming.parent();
        var execution = requests.execution(parent.msgId());
        var to = asker(parent);
        requests.answered(parent.msgId());
        questions.removeIf(question -> {
            if (!question.parentId.equals(parent.msgId())) return false;
            question.answered = true;
            return true;
        });
        var entry = append(incoming, execution, to, now);
        if (execution != null && incoming.channel() == ChannelName.SHELL) execution.reply = entry.seq;
    }

    /// One that this node did not send: it began before the node did.
    private Execution foreign(Incoming incoming) {
        var parent = incoming.parent();
        var execution =
                new Execution(parent.msgId(), parent.session(), part(incoming.message(), V1.PARENT), backlog.next());
        requests.begins(execution);
        return execution;
    }

    /// Remembers what a client asks, before it is sent.
    void asks(V1 message, HeaderFields header, ChannelName channel, String session) {
        if (channel == ChannelName.STDIN) {
            questions.forEach(question -> question.answered = true);
            questions.clear();
            return;
        }
        if (!header.msgType().endsWith("_request")) return;
        requests.asked(header.msgId(), session);
        if (header.msgType().equals("execute_request"))
            requests.begins(new Execution(header.msgId(), session, part(message, V1.HEADER), backlog.next()));
    }

    /// Tells everybody something of our own.
    void say(V1 message, String msgType, @Nullable Execution about, long now) {
        backlog.append(message, msgType, about == null ? "" : about.msgId, about, null, now);
    }

    void status(String executionState, byte[] parent, long now) {
        say(synthetic.status(executionState, parent), "status", null, now);
    }

    /// What is running now is what a remark is about, so that it appears in that cell.
    void note(String text, long now) {
        var running = requests.pending().stream().findFirst().orElse(null);
        say(synthetic.stderr(text, running == null ? Synthetic.NO_PARENT : running.header), "stream", running, now);
    }

    /// Answers in the place of a process that cannot any more.
    void answerPending(String reason, long now) {
        for (var execution : new ArrayList<>(requests.executions())) answer(execution, reason, now);
        requests.forgetAskers();
        questions.forEach(question -> question.answered = true);
        questions.clear();
    }

    /// The kernel has left too much unread to be sent more.
    void refuse(HeaderFields header, long now) {
        requests.answered(header.msgId());
        var execution = requests.execution(header.msgId());
        var reason = "the kernel does not read its messages and too many wait for it; this one was not sent";
        if (execution != null) answer(execution, reason, now);
    }

    private void answer(Execution execution, String reason, long now) {
        if (execution.reply == 0) {
            var reply = synthetic.deadReply(reason, execution.header);
            execution.reply =
                    backlog.append(reply, "execute_reply", execution.msgId, execution, execution.owner, now).seq;
        }
        if (execution.idle == 0) {
            var idle = synthetic.status("idle", execution.header);
            execution.idle = backlog.append(idle, "status", execution.msgId, execution, null, now).seq;
        }
    }

    private @Nullable String asker(HeaderFields parent) {
        var asker = requests.asker(parent.msgId());
        if (asker.isPresent()) return asker.get();
        return backlog.session(parent.session()) == null ? null : parent.session();
    }

    private Entry append(Incoming incoming, @Nullable Execution execution, @Nullable String to, long now) {
        return backlog.append(
                incoming.message(),
                incoming.header().msgType(),
                incoming.parent().msgId(),
                execution,
                to,
                now);
    }

    private static String executionState(V1 message) {
        try {
            return HeaderFields.executionState(message.bytes(), message.start(V1.CONTENT), message.end(V1.CONTENT));
        } catch (BadMessage e) {
            return "";
        }
    }

    private static byte[] part(V1 message, int part) {
        return Arrays.copyOfRange(message.bytes(), message.start(part), message.end(part));
    }
}

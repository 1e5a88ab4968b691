package sluice.gateway.doors.jupyter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.wire.BadMessage;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.V1;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Where clients of a kernel are that waits for its turn. It says of itself what a client must know to send its cells,
/// keeps what it is sent, and shows under the first cell why that waits. When the kernel runs, it gets everything, in
/// order and from the same sessions, and the line is gone.
final class WaitingRoom {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingRoom.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    /// Of all that is kept for one kernel.
    private static final long MOST_BYTES = 64 << 20;

    private static final byte[] NO_PARENT = {'{', '}'};

    private final String kernel;
    private final String language;
    private final MadeUp madeUp = new MadeUp();

    /// All guarded by this.
    private final Set<KernelSocket> guests = new LinkedHashSet<>();

    private final Map<String, List<Kept>> kept = new LinkedHashMap<>();
    private long bytes;
    private String reason;
    private boolean open = true;

    /// A message for the kernel.
    /// @param header of the message
    /// @param cell whether its sender looks at an output for it
    private record Kept(byte[] v1, byte[] header, boolean execute, boolean cell) {}

    /// @param language of the kernel, as its spec names it
    WaitingRoom(String kernel, String language, String reason) {
        this.kernel = kernel;
        this.language = language;
        this.reason = reason;
    }

    /// @return false when the kernel runs by now
    synchronized boolean enter(KernelSocket guest) {
        return open && guests.add(guest);
    }

    synchronized void leave(KernelSocket guest) {
        guests.remove(guest);
    }

    /// A message from a guest.
    synchronized void received(KernelSocket from, byte[] v1) {
        var message = V1.read(v1);
        var header = message.clientHeader();
        var raw = Arrays.copyOfRange(v1, message.start(V1.HEADER), message.end(V1.HEADER));
        switch (header.msgType()) {
            case "kernel_info_request" -> introduce(from, raw);
            case "interrupt_request" -> interrupt();
            default -> {
                boolean execute = header.msgType().equals("execute_request")
                        && message.channel().filter(ChannelName.SHELL::equals).isPresent();
                keep(from, new Kept(v1, raw, execute, execute && !silent(message)));
            }
        }
    }

    private void introduce(KernelSocket guest, byte[] request) {
        tell(List.of(guest), madeUp.status("busy", request));
        tell(List.of(guest), madeUp.info(language, reason, request));
        tell(List.of(guest), madeUp.status("idle", request));
    }

    private void keep(KernelSocket from, Kept message) {
        bytes += message.v1.length;
        if (bytes > MOST_BYTES) {
            from.later(() -> from.close((short) 1009, "too much for a kernel that does not run yet"));
            return;
        }
        var session = from.client().session();
        kept.computeIfAbsent(session, _ -> new ArrayList<>()).add(message);
        if (message.execute) tell(guests, madeUp.status("busy", message.header));
        if (first(session) == message) tell(guests, madeUp.stderr(line(), message.header));
    }

    /// The one under which the reason stands.
    private Kept first(String session) {
        return kept.getOrDefault(session, List.of()).stream()
                .filter(Kept::cell)
                .findFirst()
                .orElse(NOBODYS);
    }

    private static final Kept NOBODYS = new Kept(new byte[0], new byte[0], false, false);

    private String line() {
        return reason + "\n";
    }

    /// Why it waits has changed.
    synchronized void because(String other) {
        if (other.equals(reason)) return;
        reason = other;
        eachFirst(cell -> {
            tell(guests, madeUp.clearOutput(true, cell.header));
            tell(guests, madeUp.stderr(line(), cell.header));
        });
    }

    /// Takes back what was to be executed, as a kernel does that is interrupted.
    synchronized void interrupt() {
        eachFirst(cell -> tell(guests, madeUp.clearOutput(false, cell.header)));
        kept.forEach((session, messages) -> {
            for (var message : messages) {
                if (!message.execute) continue;
                tell(of(session), madeUp.aborted(message.header));
                tell(guests, madeUp.status("idle", message.header));
                bytes -= message.v1.length;
            }
            messages.removeIf(Kept::execute);
        });
    }

    /// The kernel runs: its clients go on with it, and those that have left meanwhile have not asked in vain.
    /// @param absent gets a session without a guest, and what it had sent
    synchronized void begin(BiConsumer<String, List<byte[]>> absent) {
        open = false;
        eachFirst(cell -> tell(guests, madeUp.clearOutput(false, cell.header)));
        for (var guest : guests) {
            var messages = kept.remove(guest.client().session());
            var sent = messages == null ? List.<byte[]>of() : bodies(messages);
            guest.later(() -> guest.begin(sent));
        }
        kept.forEach((session, messages) -> absent.accept(session, bodies(messages)));
        guests.clear();
        kept.clear();
    }

    /// The kernel will not run.
    synchronized void fail(String why) {
        open = false;
        kept.forEach((session, messages) -> {
            for (var message : messages) {
                if (!message.execute) continue;
                if (message.cell) {
                    tell(guests, madeUp.clearOutput(true, message.header));
                    tell(guests, madeUp.stderr(why + "\n", message.header));
                }
                tell(of(session), madeUp.failed(why, message.header));
                tell(guests, madeUp.status("idle", message.header));
            }
        });
        tell(guests, madeUp.status("dead", NO_PARENT));
        for (var guest : guests) guest.later(() -> guest.close((short) 1000, why));
        guests.clear();
        kept.clear();
    }

    private List<KernelSocket> of(String session) {
        return guests.stream()
                .filter(guest -> guest.client().session().equals(session))
                .toList();
    }

    private void eachFirst(Consumer<Kept> what) {
        for (var session : kept.keySet()) if (first(session) != NOBODYS) what.accept(first(session));
    }

    private static List<byte[]> bodies(List<Kept> messages) {
        return messages.stream().map(Kept::v1).toList();
    }

    private static void tell(Iterable<KernelSocket> whom, byte[] v1) {
        for (var guest : whom) guest.later(() -> guest.tell(v1));
    }

    /// Nobody looks at the output of a silent execution.
    private boolean silent(V1 message) {
        try {
            int from = message.start(V1.CONTENT);
            return JSON.readTree(message.bytes(), from, message.length(V1.CONTENT))
                    .path("silent")
                    .asBoolean(false);
        } catch (JacksonException | BadMessage e) {
            LOG.debug("an execute_request to kernel {} has no content: {}", kernel, e.getMessage());
            return true;
        }
    }
}

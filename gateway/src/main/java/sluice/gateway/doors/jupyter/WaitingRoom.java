package sluice.gateway.doors.jupyter;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.kernels.wire.BadMessage;
import sluice.kernels.wire.ChannelName;
import sluice.kernels.wire.Synthetic;
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

    private final String kernel;
    private final Letters letters;
    private final MadeUp madeUp = new MadeUp();

    /// All guarded by this.
    private final Set<Guest> guests = new LinkedHashSet<>();

    private final List<Kept> kept = new ArrayList<>();
    private long bytes;
    private String language = "";
    private String reason;
    private boolean open = true;

    /// A message for the kernel.
    /// @param header of the message
    /// @param cell whether its sender looks at an output for it
    private record Kept(String session, byte[] v1, byte[] header, boolean execute, boolean cell) {
        Letters.Letter letter() {
            return new Letters.Letter(session, v1);
        }
    }

    /// @param letters where an earlier gateway may have left what it was sent
    WaitingRoom(String kernel, String reason, Letters letters) {
        this.kernel = kernel;
        this.reason = reason;
        this.letters = letters;
        for (var letter : letters.to(kernel)) {
            kept.add(read(letter.session(), letter.v1()));
            bytes += letter.v1().length;
        }
    }

    /// Names the kernel's language as its spec does.
    synchronized void speaks(String named) {
        language = named;
    }

    /// @return false when the kernel runs by now
    synchronized boolean enter(Guest guest) {
        if (!open) return false;
        guests.add(guest);
        // Before it asks who we are: some clients believe that what is idle then is ready, and wait until it is.
        guest.hear(madeUp.status("starting", Synthetic.NO_PARENT));
        for (var message : kept) {
            if (!message.session.equals(guest.session()) || !message.execute) continue;
            guest.hear(madeUp.status("busy", message.header));
        }
        return true;
    }

    synchronized void leave(Guest guest) {
        guests.remove(guest);
    }

    /// A message from a guest.
    synchronized void received(Guest from, byte[] v1) {
        var message = V1.read(v1);
        var type = message.clientHeader().msgType();
        var said = kept(from.session(), message, type);
        switch (type) {
            case "kernel_info_request" -> introduce(from, said.header);
            case "interrupt_request" -> interrupt();
            default -> keep(from, said);
        }
    }

    private Kept read(String session, byte[] v1) {
        var message = V1.read(v1);
        return kept(session, message, message.clientHeader().msgType());
    }

    private Kept kept(String session, V1 message, String type) {
        boolean execute = type.equals("execute_request")
                && message.channel().filter(ChannelName.SHELL::equals).isPresent();
        var v1 = message.bytes();
        var header = Arrays.copyOfRange(v1, message.start(V1.HEADER), message.end(V1.HEADER));
        return new Kept(session, v1, header, execute, execute && !silent(message));
    }

    private void introduce(Guest guest, byte[] request) {
        guest.hear(madeUp.status("busy", request));
        guest.hear(madeUp.info(language, reason, request));
        guest.hear(madeUp.status("idle", request));
    }

    private void keep(Guest from, Kept message) {
        if (bytes + message.v1.length > MOST_BYTES) {
            from.leave(1009, "too much for a kernel that does not run yet");
            return;
        }
        bytes += message.v1.length;
        kept.add(message);
        letters.add(kernel, message.letter());
        if (message.execute) tell(guests, madeUp.status("busy", message.header));
        if (firsts().contains(message)) tell(guests, madeUp.note(reason, message.header));
    }

    /// Of each session the one cell under which the reason stands.
    private Collection<Kept> firsts() {
        var firsts = new LinkedHashMap<String, Kept>();
        for (var message : kept) if (message.cell) firsts.putIfAbsent(message.session, message);
        return firsts.values();
    }

    /// Why it waits has changed.
    synchronized void because(String other) {
        if (other.equals(reason)) return;
        reason = other;
        for (var cell : firsts()) {
            tell(guests, madeUp.clearOutput(true, cell.header));
            tell(guests, madeUp.note(reason, cell.header));
        }
    }

    /// Takes back what was to be executed, as a kernel does that is interrupted.
    synchronized void interrupt() {
        for (var cell : firsts()) tell(guests, madeUp.clearOutput(false, cell.header));
        for (var message : kept) {
            if (!message.execute) continue;
            tell(of(message.session), madeUp.aborted(message.header));
            tell(guests, madeUp.status("idle", message.header));
            bytes -= message.v1.length;
        }
        kept.removeIf(Kept::execute);
        letters.keepOnly(kernel, kept.stream().map(Kept::letter).toList());
        tell(guests, madeUp.status("starting", Synthetic.NO_PARENT));
    }

    /// The kernel runs: its clients go on with it, and those that have left meanwhile have not asked in vain.
    /// @param absent gets a session without a guest, and what it had sent
    synchronized void begin(BiConsumer<String, List<byte[]>> absent) {
        open = false;
        letters.forget(kernel);
        for (var cell : firsts()) tell(guests, madeUp.clearOutput(false, cell.header));
        var sent = new LinkedHashMap<String, List<byte[]>>();
        for (var message : kept)
            sent.computeIfAbsent(message.session, _ -> new ArrayList<>()).add(message.v1);
        var said = new HashMap<Guest, List<byte[]>>();
        for (var guest : guests) {
            var own = sent.remove(guest.session());
            said.put(guest, own == null ? List.of() : own);
        }
        // Those first: a page that was reloaded has a session of its own, and its cells come after.
        sent.forEach(absent);
        for (var guest : guests) guest.goOn(said.getOrDefault(guest, List.of()));
        guests.clear();
        kept.clear();
    }

    /// The kernel will not run.
    synchronized void fail(String why) {
        open = false;
        letters.forget(kernel);
        for (var message : kept) {
            if (!message.execute) continue;
            if (message.cell) {
                tell(guests, madeUp.clearOutput(true, message.header));
                tell(guests, madeUp.stderr(why + "\n", message.header));
            }
            tell(of(message.session), madeUp.failed(why, message.header));
            tell(guests, madeUp.status("idle", message.header));
        }
        tell(guests, madeUp.status("dead", Synthetic.NO_PARENT));
        for (var guest : guests) guest.leave(1000, why);
        guests.clear();
        kept.clear();
    }

    private List<Guest> of(String session) {
        return guests.stream().filter(guest -> guest.session().equals(session)).toList();
    }

    private static void tell(Iterable<Guest> whom, byte[] v1) {
        for (var guest : whom) guest.hear(v1);
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

package sluice.gateway.doors.jupyter;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import sluice.gateway.people.Refused;
import sluice.gateway.sessions.KernelDesk;
import sluice.gateway.sessions.WaitingKernel;
import sluice.gateway.sessions.WaitingKernel.Phase;
import sluice.gateway.sessions.WaitingKernels;

/// The waiting rooms of those kernels that have clients before they run.
final class WaitingRooms {
    private final WaitingKernels waiting;
    private final KernelDesk desk;
    private final Letters letters;
    private final Map<String, WaitingRoom> rooms = new ConcurrentHashMap<>();

    /// Brings a session's messages to a kernel when none of its clients is there.
    interface Courier {
        void deliver(String kernel, String session, List<byte[]> messages);
    }

    /// @param letters those that an earlier gateway had for kernels that wait still are kept for them
    WaitingRooms(WaitingKernels waiting, KernelDesk desk, Letters letters, Courier courier) {
        this.waiting = waiting;
        this.desk = desk;
        this.letters = letters;
        waiting.onChange(this::changed);
        waiting.onInterrupt(id -> {
            var room = rooms.get(id);
            if (room != null) room.interrupt();
        });
        waiting.onBegun(id -> {
            var room = rooms.remove(id);
            BiConsumer<String, List<byte[]>> deliver = (session, messages) -> courier.deliver(id, session, messages);
            if (room != null) room.begin(deliver);
        });
        for (var id : letters.kernels()) {
            var waits = waiting.find(id);
            if (waits.isEmpty()) letters.forget(id);
            else rooms.put(id, new WaitingRoom(id, waits.get().reason(), letters));
        }
    }

    /// Opens a room for a kernel that does not run yet.
    void prepare(String id) throws InterruptedException {
        var waits = waiting.find(id);
        if (waits.isEmpty() || waits.get().phase() == Phase.FAILED) return;
        var room =
                rooms.computeIfAbsent(id, _ -> new WaitingRoom(id, waits.get().reason(), letters));
        room.speaks(language(waits.get()));
        // It may have begun just now, and nobody would ever leave the room.
        if (waiting.find(id).isEmpty()) rooms.remove(id, room);
    }

    /// The room of a kernel that does not run yet; null where it runs.
    @Nullable
    WaitingRoom of(String id) {
        return rooms.get(id);
    }

    private String language(WaitingKernel kernel) throws InterruptedException {
        try {
            return desk.spec(kernel.name()).json().get("language") instanceof String language ? language : "";
        } catch (Refused unknown) {
            return "";
        }
    }

    private void changed(WaitingKernel kernel) {
        var room = rooms.get(kernel.id());
        if (room == null) return;
        if (kernel.phase() != Phase.FAILED) {
            room.because(kernel.reason());
            return;
        }
        rooms.remove(kernel.id());
        room.fail(kernel.reason());
    }
}

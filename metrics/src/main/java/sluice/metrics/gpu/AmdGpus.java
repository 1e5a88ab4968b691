package sluice.metrics.gpu;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// AMD's cards, through `libamd_smi.so`: list, memory, utilisation, temperature, power, processes.
///
/// Written from `amdsmi.h` of ROCm 6 and tried against a library of our own only: **not proved on hardware**.
public final class AmdGpus implements Gpus {
    static final String LIBRARY = "libamd_smi.so";

    private static final int FUNCTION_NOT_FOUND = 5; // AMDSMI_STATUS_FAIL_LOAD_SYMBOL
    private static final long INIT_GPUS = 1 << 1; // AMDSMI_INIT_AMD_GPUS
    private static final int DRIVER_NOT_LOADED = 34;
    private static final int NO_PERMISSION = 10;
    private static final List<String> REQUIRED = List.of(
            "amdsmi_init",
            "amdsmi_get_socket_handles",
            "amdsmi_get_processor_handles",
            "amdsmi_get_gpu_device_uuid",
            "amdsmi_get_gpu_vram_usage");

    private final NativeCalls calls;
    private final Clock clock;
    private final List<AmdCard> cards;

    private AmdGpus(NativeCalls calls, Clock clock, List<AmdCard> cards) {
        this.calls = calls;
        this.clock = clock;
        this.cards = cards;
    }

    static Gpus open() throws GpusUnavailable {
        return open(LIBRARY, Patience.DEFAULT, Clock.systemUTC());
    }

    /// Opens a library, to be closed by the caller.
    ///
    /// @param library the soname, or the path of another library with the same functions
    /// @throws GpusUnavailable there is no such library, it is too old, or it refuses
    public static Gpus open(String library, Duration patience, Clock clock) throws GpusUnavailable {
        return Patience.within(patience, "AMD", () -> {
            var calls = NativeCalls.load(library, FUNCTION_NOT_FOUND, "AMD", REQUIRED, "ROCm 6 or newer");
            var status = calls.call("amdsmi_init", INIT_GPUS);
            if (status != 0) throw GpusUnavailable.broken("The AMD driver cannot be opened: " + why(status));
            return new AmdGpus(calls, clock, found(calls));
        });
    }

    private static String why(int status) {
        return switch (status) {
            case DRIVER_NOT_LOADED -> "amdgpu is not loaded (34). Load it (modprobe amdgpu).";
            case NO_PERMISSION -> "permission denied (10). Start the node as root, or as one of the group render.";
            default -> "status " + status + ". See what amd-smi and dmesg say.";
        };
    }

    private static List<AmdCard> found(NativeCalls calls) {
        var layout = new Memory(32); // amdsmi_version_t: up to ROCm 6.4 it begins with the year, since then without
        layout.clear();
        var oldLayout = calls.call("amdsmi_get_lib_version", layout) == 0 && layout.getInt(0) == 24;
        var cards = new ArrayList<AmdCard>();
        for (var socket : handles(calls, "amdsmi_get_socket_handles")) {
            for (var processor : handles(calls, "amdsmi_get_processor_handles", socket)) {
                cards.add(AmdCard.of(calls, processor, cards.size(), oldLayout));
            }
        }
        return cards;
    }

    /// Both lists are asked twice: for their length, then for themselves.
    private static List<Pointer> handles(NativeCalls calls, String function, Object... of) {
        var count = new Memory(4);
        count.clear();
        if (calls.call(function, with(of, count, null)) != 0 || count.getInt(0) == 0) return List.of();
        var list = new Memory((long) count.getInt(0) * Native.POINTER_SIZE);
        if (calls.call(function, with(of, count, list)) != 0) return List.of();
        return List.of(list.getPointerArray(0, count.getInt(0)));
    }

    private static @Nullable Object[] with(Object[] of, Memory count, @Nullable Memory list) {
        var arguments = new ArrayList<@Nullable Object>(List.of(of));
        arguments.add(count);
        arguments.add(list);
        return arguments.toArray(new @Nullable Object[0]);
    }

    @Override
    public List<Gpu> cards() {
        return cards.stream().map(AmdCard::gpu).toList();
    }

    @Override
    public GpusSample sample() {
        return new GpusSample(
                clock.instant(), cards.stream().map(AmdCard::sample).toList(), List.of());
    }

    @Override
    public Optional<GpuMemory> memory(String uuid) {
        return cards.stream()
                .filter(card -> card.gpu().uuid().equals(uuid))
                .findFirst()
                .flatMap(AmdCard::memory);
    }

    @Override
    public void close() {
        calls.call("amdsmi_shut_down");
    }
}

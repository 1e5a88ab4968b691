package sluice.metrics.gpu;

import com.sun.jna.Memory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Huawei's Ascend cards, through `libdcmi.so`: list, memory, utilisation, temperature, power, health, processes.
///
/// Written from `dcmi_interface_api.h` and tried against a library of our own only: **not proved on hardware**.
public final class AscendGpus implements Gpus {
    static final String LIBRARY = "libdcmi.so";

    private static final int FUNCTION_NOT_FOUND = -99998; // not one of DCMI's own
    private static final int NOT_PERMITTED = -8002;
    private static final int MOST_CARDS = 64; // MAX_CARD_NUM
    private static final List<String> REQUIRED =
            List.of("dcmi_init", "dcmi_get_card_list", "dcmi_get_device_id_in_card", "dcmi_get_device_hbm_info");

    private final Clock clock;
    private final List<AscendCard> cards;

    private AscendGpus(Clock clock, List<AscendCard> cards) {
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
        return Patience.within(patience, "Ascend", () -> {
            var calls = NativeCalls.load(library, FUNCTION_NOT_FOUND, "Ascend", REQUIRED, "driver 22 or newer");
            var status = calls.call("dcmi_init");
            if (status != 0) throw GpusUnavailable.broken("The Ascend driver cannot be opened: " + why(status));
            return new AscendGpus(clock, found(calls));
        });
    }

    private static String why(int status) {
        return status == NOT_PERMITTED
                ? "operation not permitted (-8002). Start the node as root, or as one of the group HwHiAiUser."
                : "status " + status + ". See what npu-smi info and dmesg say.";
    }

    /// A card holds one chip or more, and each chip is what others call a card.
    private static List<AscendCard> found(NativeCalls calls) {
        var number = new Memory(4);
        var list = new Memory(4L * MOST_CARDS);
        var cards = new ArrayList<AscendCard>();
        if (calls.call("dcmi_get_card_list", number, list, MOST_CARDS) != 0) return cards;
        for (int i = 0; i < Math.min(number.getInt(0), MOST_CARDS); i++) {
            var card = list.getInt(4L * i);
            var chips = new Memory(12); // chips, controller, processor
            var status = calls.call("dcmi_get_device_id_in_card", card, chips, chips.share(4), chips.share(8));
            if (status != 0) continue;
            for (int chip = 0; chip < chips.getInt(0); chip++) {
                cards.add(AscendCard.of(calls, card, chip, cards.size()));
            }
        }
        return cards;
    }

    @Override
    public List<Gpu> cards() {
        return cards.stream().map(AscendCard::gpu).toList();
    }

    @Override
    public GpusSample sample() {
        var at = clock.instant();
        return new GpusSample(at, cards.stream().map(AscendCard::sample).toList(), events(at));
    }

    private List<GpuEvent> events(Instant at) {
        return cards.stream().flatMap(card -> card.newErrors(at).stream()).toList();
    }

    @Override
    public Optional<GpuMemory> memory(String uuid) {
        return cards.stream()
                .filter(card -> card.gpu().uuid().equals(uuid))
                .findFirst()
                .flatMap(AscendCard::memory);
    }

    /// DCMI has no counterpart to its `dcmi_init`.
    @Override
    public void close() {}
}

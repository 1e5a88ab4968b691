package sluice.metrics.gpu;

import static sluice.metrics.gpu.Nvml.SUCCESS;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import sluice.metrics.gpu.GpuLink.Nearness;

/// What a card is, asked once: the handle is only good for that.
record NvmlIdentity(Nvml nvml, int index, Pointer device) {
    /// `NVML_NVLINK_MAX_LINKS`
    static final int MOST_LINKS = 36;

    private static final int PCI_BYTES = 68; // nvmlPciInfo_t: legacy id[16], five numbers, id[32] @36
    private static final int PCI_ID = 36;
    private static final int REMOTE_IS_SWITCH = 2; // nvmlIntNvLinkDeviceType_t
    private static final String SWITCH = "switch";

    static List<Gpu> linked(List<NvmlIdentity> cards) {
        var ends = cards.stream().map(NvmlIdentity::nvlinks).toList();
        var gpus = new ArrayList<Gpu>();
        for (int i = 0; i < cards.size(); i++) gpus.add(cards.get(i).gpu(links(i, cards, ends)));
        return gpus;
    }

    private Gpu gpu(List<GpuLink> links) {
        var busId = busId();
        var minor = number("nvmlDeviceGetMinorNumber");
        return new Gpu(
                uuid(),
                index,
                Vendor.NVIDIA,
                nvml.text("nvmlDeviceGetName", device).orElse("NVIDIA GPU"),
                nvml.memory(device).map(GpuMemory::total).orElse(0L),
                busId,
                PciDevice.of(busId).numaNode(),
                nvml.text("nvmlSystemGetDriverVersion", null).orElse(""),
                minor,
                minor.isPresent() ? List.of("/dev/nvidia" + minor.getAsInt()) : List.of(),
                false,
                links);
    }

    private String uuid() {
        return nvml.text("nvmlDeviceGetUUID", device).orElse("GPU-unknown-" + index);
    }

    private String busId() {
        var pci = new Memory(PCI_BYTES);
        pci.clear();
        return nvml.call("nvmlDeviceGetPciInfo_v3", device, pci) == SUCCESS ? pci.getString(PCI_ID) : "";
    }

    private OptionalInt number(String function) {
        var number = new Memory(4);
        return nvml.call(function, device, number) == SUCCESS ? OptionalInt.of(number.getInt(0)) : OptionalInt.empty();
    }

    /// @param ends for each card, how many of its links end where
    private static List<GpuLink> links(int card, List<NvmlIdentity> cards, List<Map<String, Integer>> ends) {
        var links = new ArrayList<GpuLink>();
        for (int i = 0; i < cards.size(); i++) {
            if (i == card) continue;
            var peer = cards.get(i);
            var direct = ends.get(card).getOrDefault(peer.busId().toLowerCase(Locale.ROOT), 0);
            // Whoever hangs on the switch reaches all others there by all its links.
            var switched = ends.get(i).containsKey(SWITCH) ? ends.get(card).getOrDefault(SWITCH, 0) : 0;
            links.add(new GpuLink(peer.uuid(), cards.get(card).nearness(peer), direct + switched));
        }
        return links;
    }

    /// Links that are up, by the bus id at their other end.
    private Map<String, Integer> nvlinks() {
        var ends = new HashMap<String, Integer>();
        var number = new Memory(4);
        var pci = new Memory(PCI_BYTES);
        for (int link = 0; link < MOST_LINKS; link++) {
            if (nvml.call("nvmlDeviceGetNvLinkState", device, link, number) != SUCCESS || number.getInt(0) == 0)
                continue;
            var status = nvml.call("nvmlDeviceGetNvLinkRemoteDeviceType", device, link, number);
            if (status == SUCCESS && number.getInt(0) == REMOTE_IS_SWITCH) {
                ends.merge(SWITCH, 1, Integer::sum);
            } else if (nvml.call("nvmlDeviceGetNvLinkRemotePciInfo_v2", device, link, pci) == SUCCESS) {
                ends.merge(pci.getString(PCI_ID).toLowerCase(Locale.ROOT), 1, Integer::sum);
            }
        }
        return ends;
    }

    private Nearness nearness(NvmlIdentity peer) {
        var level = new Memory(4);
        var status = nvml.call("nvmlDeviceGetTopologyCommonAncestor", device, peer.device, level);
        return status == SUCCESS ? Nearness.ofNvml(level.getInt(0)) : Nearness.SYSTEM;
    }
}

package sluice.metrics.gpu;

import java.util.List;
import java.util.OptionalInt;

/// A card, as far as it does not change while the driver is loaded.
///
/// @param uuid the driver's own name of it, stable over reboots: `GPU-5fd4…`, `SIM-…`
/// @param index its place in the driver's list; it may shift when a card is lost, so never use it as a key
/// @param model for people: `NVIDIA H100 80GB HBM3`, `Simulated H100`
/// @param memoryBytes all there is on the card; the driver keeps some of it
/// @param pciBusId `00000000:3B:00.0`, as NVML writes it
/// @param numaNode the node of the host's memory that is nearest
/// @param minor the N of /dev/nvidiaN
/// @param deviceFiles what a sandbox needs to use this card and no other: `/dev/nvidia0`. The files all cards share
///     (`/dev/nvidiactl`, `/dev/nvidia-uvm`, `/dev/kfd`, `/dev/davinci_manager`) are not among them.
/// @param simulated no such card exists; everybody who shows it must say so
/// @param links to the other cards of this machine
public record Gpu(
        String uuid,
        int index,
        Vendor vendor,
        String model,
        long memoryBytes,
        String pciBusId,
        OptionalInt numaNode,
        String driverVersion,
        OptionalInt minor,
        List<String> deviceFiles,
        boolean simulated,
        List<GpuLink> links) {

    public Gpu {
        if (uuid.isBlank()) throw new IllegalArgumentException("a card must have a uuid");
        if (memoryBytes < 0) throw new IllegalArgumentException("memory must not be negative: " + memoryBytes);
        deviceFiles = List.copyOf(deviceFiles);
        links = List.copyOf(links);
    }

    /// The short name that DCGM's exporter calls `device`: `nvidia0`.
    public String device() {
        if (deviceFiles.isEmpty()) return vendor.word() + index;
        var file = deviceFiles.getFirst();
        return file.substring(file.lastIndexOf('/') + 1);
    }
}

package sluice.metrics.gpu;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/// What the kernel's sysfs says of a PCI device; the same for every vendor.
/// See https://www.kernel.org/doc/Documentation/ABI/testing/sysfs-bus-pci
record PciDevice(Path folder) {
    private static final Path DEVICES = Path.of("/sys/bus/pci/devices");

    /// @param busId `00000000:3B:00.0` as NVML writes it, or `0000:3b:00.0` as the kernel does
    static PciDevice of(String busId) {
        var lower = busId.toLowerCase(Locale.ROOT);
        // NVML gives the domain eight digits, the kernel four, and more only where they are needed.
        return new PciDevice(
                DEVICES.resolve(lower.length() == 16 && lower.startsWith("0000") ? lower.substring(4) : lower));
    }

    /// Empty on machines with one node, where the kernel says -1.
    OptionalInt numaNode() {
        try {
            var node = Integer.parseInt(
                    Files.readString(folder.resolve("numa_node")).strip());
            return node < 0 ? OptionalInt.empty() : OptionalInt.of(node);
        } catch (IOException | NumberFormatException unknown) {
            return OptionalInt.empty();
        }
    }

    /// The files in /dev/dri that render on it, without its screen.
    List<String> renderFiles() {
        var files = new ArrayList<String>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder.resolve("drm"), "renderD*")) {
            for (var entry : entries) files.add("/dev/dri/" + entry.getFileName());
        } catch (IOException none) {
            return List.of();
        }
        return files;
    }
}
